/** The sentences about files, a piece for each language, loaded when there is a first file to speak of. */
import type { Catalogue } from './messages.js'

export async function loadCatalogue(): Promise<Catalogue> {
  const { default: english } = await import('../../internal/reason/catalogue/en.json', { with: { type: 'json' } })
  return english
}
