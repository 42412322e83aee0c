/** The element's style sheets for the first paint. Those of the list are loaded with it (list/styles). */
import { base } from './base.js'
import { buttons } from './buttons.js'
import { dropzone } from './dropzone.js'
import { notices } from './notices.js'

export const styles = [base, buttons, dropzone, notices]
