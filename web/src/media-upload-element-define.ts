/** The element's entry point: registers `<media-upload>` with the worker's engine. Its only side effect. */
import { MediaUploadElement } from './media-upload-element.js'
import { createWorkerEngine } from './worker-engine.js'

MediaUploadElement.createEngine = createWorkerEngine
if (customElements.get('media-upload') === undefined) customElements.define('media-upload', MediaUploadElement)
