import { searchTexts } from '../../lib/search.ts'

/** What the screen's URL keeps; `since` is a date such as 2026-11-20, `open` leaves out all whose outcome is known. */
export const historySearch = searchTexts('account', 'key', 'request', 'object', 'since', 'open', 'after')

/** What the page of an event keeps beside its id: the request that it was part of, by which the API finds it. */
export const eventSearch = searchTexts('request')
