import { searchTexts } from '../../lib/search.ts'

/** What the screen's URL keeps. */
export const keysSearch = searchTexts('after')
