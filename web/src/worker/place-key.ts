/** The hash of a place, under which its uploads are stored. */
import type { HashText } from './owner.js'

/**
 * All sites that embed the frame share its database, so in a frame the key begins with the hash of the site,
 * the origin of the page around it. `site` is empty without a frame.
 */
export function placeKeyOf(place: string, site: string, hash: HashText): string {
  return site === '' ? hash(place) : `${hash(site)}/${hash(place)}`
}
