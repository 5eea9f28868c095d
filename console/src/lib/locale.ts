/** The page is in English, so numbers and dates are too: in the reader's own English, where the browser names one. */
export const locale = navigator.languages.find((language) => /^en\b/.test(language)) ?? 'en'
