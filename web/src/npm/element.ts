/** The entry `/element`: the class of `<media-upload>` without its registration, and the types of everything that it shows a page. */
import '../element/trusted-types-guard.js'
import { MediaUploadElement } from '../element/media-upload-element.js'

MediaUploadElement.loadEngine = async () => (await import('../engine/create-engine.js')).createEngine

export { MediaUploadElement }
export type { Metadata } from '../element/element-properties.js'
export type { Asset, Fact, Kind, Outcome, Purpose, Reason, Verdict, WaitReason } from '../engine/engine.js'
export type { EngineChoice } from '../engine/way.js'
export type { TokenReason } from '../engine/token-reason.js'
export type { Labels } from '../i18n/labels.js'
export type { Catalogue, Messages } from '../i18n/messages.js'
export type { ErrorDetail, FileEventDetail, MediaUploadDetails, MediaUploadEventMap, RetryDetail } from '../session/events.js'
export type { Result } from '../session/result.js'
export type { GetToken } from '../session/token-provider.js'
export type { StateName } from '../session/upload-state.js'
export type { FileDetail } from '../session/upload.js'
