import type { MediaUploadElement, MediaUploadEventMap } from './element.js'

/** The properties that a page may set. */
type PropertyName = 'autoStart' | 'concurrency' | 'disabled' | 'endpoint' | 'engine' | 'getToken' | 'kinds' | 'lang' | 'maxFiles' | 'messages' | 'metadata' | 'multiple' | 'name' | 'purpose' | 'required' | 'restoreKey'

type Properties = { [N in PropertyName]?: MediaUploadElement[N] | undefined }

/** The attributes whose names differ from those of their properties. */
interface Attributes {
  'auto-start'?: boolean | '' | undefined
  'max-files'?: number | string | undefined
  'restore-key'?: string | undefined
}

/** What a template or JSX may set on `<media-upload>`. */
export type MediaUploadProps = Properties & Attributes

export type { MediaUploadElement, MediaUploadEventMap }
