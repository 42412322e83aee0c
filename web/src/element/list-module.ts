/**
 * What is loaded ahead of the first file and not for the first paint: the session, the
 * rows with their styles and thumbnails, and the texts of announcements.
 */
// Shared with the element's entry, it comes before Lit in the file that both load.
import './trusted-types-guard.js'
export { copyText } from '../list/clipboard.js'
export { list } from '../list/list-view.js'
export { listStyles } from '../list/styles/styles.js'
export { Thumbnails } from '../list/thumbnails.js'
export { Session } from '../session/session.js'
export { announcementFor, summaryAnnouncement } from './announcement-texts.js'
export { isBusy, statesOf } from './element-states.js'
export { FocusRestorer } from './focus-restorer.js'
