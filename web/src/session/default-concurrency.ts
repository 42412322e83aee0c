/** Files that are uploaded at once unless the page says otherwise. */
export const defaultConcurrency = 3
