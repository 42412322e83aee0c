/**
 * What is needed as soon as there is a file and not before: what happens to files,
 * their rows and looks, thumbnails and what is said aloud. Loaded beside the engine,
 * so that the first paint does not wait for it.
 */
export { copyText } from '../list/clipboard.js'
export { isBusy, statesOf } from './element-states.js'
export { FocusKeeper } from './focus-keeper.js'
export { listStyles } from '../list/styles/styles.js'
export { list } from '../list/list-view.js'
export { Previews } from '../list/preview.js'
export { Session } from '../session/session.js'
export { spoken, spokenSummary } from './spoken.js'
