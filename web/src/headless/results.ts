/** What a finished upload is good for. */
import type { FileDetail } from '../session/upload.js'

export interface UploadResult {
  /** The file's id in the list. */
  readonly id: string
  readonly name: string
  /** The asset's id on the media server. */
  readonly asset_id: string
  /** For messages: valid until `media_id_expires_at`, in RFC 3339 format. */
  readonly media_id?: string
  readonly media_id_expires_at?: string
  /** For templates and profile pictures. */
  readonly handle?: string
  readonly handle_expires_at?: string
}

export function resultOf({ id, name, asset }: FileDetail): UploadResult | undefined {
  if (asset === undefined) return undefined
  const { media_id, media_id_expires_at, handle, handle_expires_at } = asset
  return {
    id, name, asset_id: asset.id,
    ...(media_id !== undefined && { media_id }),
    ...(media_id_expires_at !== undefined && { media_id_expires_at }),
    ...(handle !== undefined && { handle }),
    ...(handle_expires_at !== undefined && { handle_expires_at }),
  }
}
