import { searchTexts } from '../../lib/search.ts'

/** What the screen's URL keeps. */
export const historySearch = searchTexts('account', 'key', 'request', 'object', 'since', 'after')
