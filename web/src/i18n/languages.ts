/** The languages that there are words in, and which of them a person asks for. */

export const languages = ['en', 'de', 'es', 'pt'] as const

export type Language = (typeof languages)[number]

/** The language of a tag such as "de-AT"; undefined when it is none of ours. */
export function languageOf(tag: string): Language | undefined {
  try {
    const { language } = new Intl.Locale(tag)
    return languages.find((ours) => ours === language)
  } catch {
    return undefined
  }
}

/** The first tag that is in one of our languages, with its region, which writes numbers and dates its own way. */
export function preferred(tags: readonly string[]): string {
  return tags.find((tag) => languageOf(tag) !== undefined) ?? 'en'
}

/** The tag that an element is marked with, itself or by what it stands in, else what the person's browser prefers. */
export function languageTag(element: HTMLElement): string {
  return element.lang || nearestMark(element) || preferred(navigator.languages)
}

/** Also from within the shadow trees of a portal's own elements. */
function nearestMark(element: Element): string {
  for (let from: Element | undefined = element; from !== undefined; from = hostOf(from)) {
    const marked = from.closest<HTMLElement>('[lang]:not([lang=""])')
    if (marked !== null) return marked.lang
  }
  return ''
}

function hostOf(element: Element): Element | undefined {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? root.host : undefined
}
