/** The elements that are connected to this page. */

/** Each element with its place; undefined if its uploads do not return by themselves. */
const connected = new Map<Element, () => string | undefined>()

export const pageElements = {
  add(element: Element, place: () => string | undefined): void {
    connected.set(element, place)
  },

  delete(element: Element): void {
    connected.delete(element)
  },

  isAlone(element: Element): boolean {
    return others(element).length === 0
  },

  /** In the order of the document. */
  isFirst(element: Element): boolean {
    return others(element).every((other) => (element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING) === 0)
  },

  otherPlaces(element: Element): readonly string[] {
    return others(element).flatMap((other) => connected.get(other)?.() ?? [])
  },
}

function others(element: Element): readonly Element[] {
  return [...connected.keys()].filter((other) => other !== element)
}
