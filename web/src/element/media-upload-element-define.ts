/** The entry point that pages load: registers `<media-upload>` with the engine in a worker, which is loaded ahead of the first file. */
import { MediaUploadElement } from './media-upload-element.js'

MediaUploadElement.loadEngine = async () => (await import('../engine/worker-engine.js')).createWorkerEngine
if (customElements.get('media-upload') === undefined) customElements.define('media-upload', MediaUploadElement)
