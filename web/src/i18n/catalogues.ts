/**
 * Loads the words of a language, one file each: the element's labels for the first
 * paint (the English ones are built in), the sentences about files with the first file.
 */
import { labels as english } from './labels.js'
import type { Labels } from './labels.js'
import type { Language } from './languages.js'
import type { Catalogue } from './messages.js'

type Loader<Words> = () => Promise<{ readonly default: Words }>

const labels: { readonly [L in Language]: Loader<Labels> } = {
  en: async () => ({ default: english }),
  de: () => import('./words/de.js'),
  es: () => import('./words/es.js'),
  pt: () => import('./words/pt.js'),
}

const sentences: { readonly [L in Language]: Loader<Catalogue> } = {
  en: () => import('../../../internal/reason/catalogue/en.json', { with: { type: 'json' } }),
  de: () => import('../../../internal/reason/catalogue/de.json', { with: { type: 'json' } }),
  es: () => import('../../../internal/reason/catalogue/es.json', { with: { type: 'json' } }),
  pt: () => import('../../../internal/reason/catalogue/pt.json', { with: { type: 'json' } }),
}

export async function loadLabels(language: Language): Promise<Labels> {
  return (await labels[language]()).default
}

export async function loadCatalogue(language: Language): Promise<Catalogue> {
  return (await sentences[language]()).default
}
