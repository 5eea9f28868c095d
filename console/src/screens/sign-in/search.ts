import { searchTexts } from '../../lib/search.ts'

/** What the screen's URL keeps. */
export const signInSearch = searchTexts('to')
