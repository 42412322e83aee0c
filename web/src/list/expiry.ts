/** When the results of a finished file end. */
import type { Asset } from '../engine/engine.js'

/** `expiresAt` in RFC 3339; what has no time of its own does not expire. */
export function hasExpired(expiresAt: string | undefined, now: number): boolean {
  return expiresAt !== undefined && new Date(expiresAt).getTime() <= now
}

/** Neither the media ID nor the handle can be used any more. */
export function isOutdated({ media_id, media_id_expires_at, handle, handle_expires_at }: Asset, now: number): boolean {
  const usable = (value: string | undefined, expiresAt: string | undefined) => Boolean(value) && !hasExpired(expiresAt, now)
  return Boolean(media_id || handle) && !usable(media_id, media_id_expires_at) && !usable(handle, handle_expires_at)
}
