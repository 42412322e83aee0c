/** The entry point that pages load: registers `<media-upload>`, and loads the engine when it is first needed. */
import './trusted-types-guard.js'
import { MediaUploadElement } from './media-upload-element.js'

MediaUploadElement.loadEngine = async () => (await import('../engine/create-engine.js')).createEngine
if (customElements.get('media-upload') === undefined) customElements.define('media-upload', MediaUploadElement)
