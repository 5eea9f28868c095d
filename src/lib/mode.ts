/** Which Stripe the server uses: the embedded sandbox, or Stripe in the mode of its key. Data of one mode is never used in another. */
export type Mode = 'sandbox' | 'test' | 'live'
