/** At which place of the page's site the element is. */
import { pagePath, pageRoute } from '../session/page-address.js'

/** Differs with every visit, so that the uploads of elements that cannot be told apart are of no place of a later one. */
const visit = Math.random()

/** What the place of an element is made of. */
export interface PlaceParts {
  readonly name: string
  readonly restoreKey: string
  /** The only element on its page. */
  readonly alone: boolean
}

/**
 * The key under which an element's uploads are stored, and restored at the next visit: `restoreKey`, else address and
 * name.
 */
export function placeOf({ name, restoreKey, alone }: PlaceParts): string {
  if (restoreKey !== '') return `restore-key\n${restoreKey}`
  return `${pagePath()}#${name}${pageRoute()}${name === '' && !alone ? `\n${visit}` : ''}`
}

/** Whether uploads of earlier visits return to the element by themselves. Elements without a name cannot be told apart. */
export function hasPlace({ name, restoreKey, alone }: PlaceParts): boolean {
  return restoreKey !== '' || name !== '' || alone
}
