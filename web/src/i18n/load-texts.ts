/** Loads all words of a language, for code that has no element whose language it follows. */
import { loadCatalogue, loadLabels } from './catalogues.js'
import { languageOf } from './languages.js'
import { Texts } from './messages.js'

/** English for a language that is not ours. */
export async function loadTexts(tag: string): Promise<Texts> {
  const language = languageOf(tag) ?? 'en'
  const [labels, catalogue] = await Promise.all([loadLabels(language), loadCatalogue(language)])
  return new Texts(tag, {}, { language, labels, catalogue })
}
