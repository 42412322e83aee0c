/** The languages of the element and the page, and which one a person prefers. */

export const languages = ['en', 'de', 'es', 'pt'] as const

export type Language = (typeof languages)[number]

/** The language of a tag such as "de-AT"; undefined if it is not one of ours. */
export function languageOf(tag: string): Language | undefined {
  try {
    const { language } = new Intl.Locale(tag)
    return languages.find((known) => known === language)
  } catch {
    return undefined
  }
}

/** The first tag of one of our languages. It keeps its region, which decides how numbers and dates are written. */
export function preferredTag(tags: readonly string[]): string {
  return tags.find((tag) => languageOf(tag) !== undefined) ?? 'en'
}

/** The `lang` of the element or its nearest ancestor, else the tag that the browser prefers. */
export function languageTag(element: HTMLElement): string {
  return element.lang || inheritedLang(element) || preferredTag(navigator.languages)
}

/** Leaves shadow trees too: a portal may place the element inside a component of its own. */
function inheritedLang(element: Element): string {
  for (let from: Element | undefined = element; from !== undefined; from = hostOf(from)) {
    const ancestor = from.closest<HTMLElement>('[lang]:not([lang=""])')
    if (ancestor !== null) return ancestor.lang
  }
  return ''
}

function hostOf(element: Element): Element | undefined {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? root.host : undefined
}
