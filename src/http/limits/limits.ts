/** The limits of one process. Tests set smaller numbers. */
export const defaultLimits = {
  /** Beyond this many requests at once, answering "retry" is kinder than queueing. */
  requestsMax: 2_000,
  /** A tenth of all, so that one agency's slow requests leave slots for the others. */
  requestsPerAgencyMax: 200,
  /** Requests a second that one client address may make to the documentation, and to paths and methods that do not exist. */
  publicPerSecond: 50,
  /** API keys that do not exist, a second and client address. */
  unknownKeysPerSecond: 100,
  /** Sign-ins to the console, a second and client address. */
  signInsPerSecond: 5,
  /** Beyond them an idle one is closed for each new one. */
  connectionsMax: 10_000,
  /** An answer of which the reader takes nothing for this long is aborted. */
  stalledMs: 10_000,
  /** No answer may take longer than this to be read, however steadily. */
  readingMs: 120_000,
}

export type Limits = typeof defaultLimits

/** The addresses and networks of the proxies whose `X-Forwarded-For` is believed, with commas between them. */
export type TrustedProxies = string | undefined
