/** The entry of the package: registers `<media-upload>`. Without a DOM it does nothing. */
import { MediaUploadElement } from './element.js'

export * from './element.js'

// A page may load two copies of this file. The first one wins.
if (typeof customElements !== 'undefined' && customElements.get('media-upload') === undefined) {
  customElements.define('media-upload', MediaUploadElement)
}
