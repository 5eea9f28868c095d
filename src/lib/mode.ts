/** Which Stripe the server works on: the embedded sandbox, or Stripe in the mode of its key. What was made in one is never used in another. */
export type Mode = 'sandbox' | 'test' | 'live'
