import { searchTexts } from '../../lib/search.ts'

/** What the screen's URL keeps. */
export const couponsSearch = searchTexts('query', 'status', 'sort', 'after')
