/** A page's texts by the keys that its HTML gives them: `data-text`, and `data-label` for aria-label. */
export type PageWords = Readonly<Record<string, string>>
