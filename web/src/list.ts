/**
 * What is needed as soon as there is a file and not before: rows, their looks,
 * thumbnails and what is said aloud. Loaded beside the engine, so that the first
 * paint does not wait for it.
 */
export { copyText } from './clipboard.js'
export { listStyles } from './list-styles.js'
export { list } from './list-view.js'
export { Previews } from './preview.js'
export { spoken, spokenSummary } from './spoken.js'
