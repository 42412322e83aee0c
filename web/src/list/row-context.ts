/** What a row needs besides its upload. */
import type { Texts } from '../i18n/messages.js'
import type { Upload } from '../session/upload.js'

/** What a person can do with a row. */
export type RowAction = 'start' | 'pause' | 'resume' | 'cancel' | 'retry' | 'remove' | 'choose'

export interface RowContext {
  readonly texts: Texts
  readonly now: number
  readonly disabled: boolean
  readonly thumbnail: string | undefined
  /** The field of this row that was copied a moment ago. */
  readonly copied: string | undefined
  /** No other file is ready to be uploaded. */
  readonly isSoleReady: boolean
  act(action: RowAction, upload: Upload): void
  copy(field: string, value: string, upload: Upload): void
}
