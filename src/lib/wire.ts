/** One HTTP request to Stripe and its response, both complete, as transport and sandbox exchange them. Header names are lower-case. */
export type WireRequest = {
  method: string
  /** With the query, percent-encoded as it was sent. */
  path: string
  headers: Readonly<Record<string, string>>
  body: string
}

export type WireResponse = {
  status: number
  headers: Record<string, string>
  body: string
}
