/** What a page needs of a finished file. The names are those of the server's JSON (`GET /v1/assets/{id}`). */
import type { Asset } from '../engine/engine.js'
import type { Upload } from './upload.js'

export interface Result extends Pick<Asset, 'kind' | 'media_id' | 'media_id_expires_at' | 'handle' | 'handle_expires_at'> {
  /** The id of the file in the element. */
  readonly id: string
  readonly name: string
  readonly asset_id: string
}

/** Undefined for a file that is not finished. */
export function resultOf({ id, name, state }: Upload): Result | undefined {
  if (state.name !== 'done') return undefined
  const { id: asset_id, kind, media_id, media_id_expires_at, handle, handle_expires_at } = state.asset
  const copies = Object.entries({ media_id, media_id_expires_at, handle, handle_expires_at }).filter(([, value]) => value !== undefined)
  return { id, name, asset_id, kind, ...Object.fromEntries(copies) }
}
