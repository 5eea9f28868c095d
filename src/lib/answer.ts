/** What Stripe answered: the object, Stripe's id for the request, and whether the answer repeats an earlier one. */
export type Answer<T> = { value: T; requestId: string | undefined; replayed: boolean }
