import { searchTexts } from '../../lib/search.ts'

/** What the screen's URL keeps; `open` is the id of the code that is looked at. */
export const promotionCodesSearch = searchTexts('code', 'coupon', 'active', 'after', 'open')
