/**
 * What is needed as soon as there is a file and not before: rows, their looks,
 * thumbnails and the sentences about files. Loaded beside the engine, so that
 * the first paint does not wait for it.
 */
import catalogue from '../../internal/reason/catalogue/en.json' with { type: 'json' }
import type { Catalogue } from './messages.js'

export { copyText } from './clipboard.js'
export { listStyles } from './list-styles.js'
export { list } from './list-view.js'
export { Previews } from './preview.js'

export const english: Catalogue = catalogue
