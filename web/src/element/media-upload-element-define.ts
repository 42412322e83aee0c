/** The element's entry point: registers `<media-upload>` with the worker's engine, which is loaded ahead of the first file. Its only side effect. */
import { MediaUploadElement } from './media-upload-element.js'

MediaUploadElement.loadEngine = async () => (await import('../engine/worker-engine.js')).createWorkerEngine
if (customElements.get('media-upload') === undefined) customElements.define('media-upload', MediaUploadElement)
