/** What a page tells an uploader. */
import type { Kind, Purpose } from '../engine/engine.js'
import type { EngineChoice } from '../engine/way.js'
import { defaultConcurrency } from '../session/default-concurrency.js'
import { pagePath, pageRoute } from '../session/page-address.js'
import type { GetToken } from '../session/token-provider.js'

export interface UploaderOptions {
  /** The media server's URL, which may have a path; by default the server that the script comes from. */
  readonly endpoint?: string | undefined
  /** How the engine is reached: `worker`, `frame`, or whichever the page's policy allows by default. */
  readonly engine?: EngineChoice | undefined
  /** Returns a token of the portal's back end. Without it, uploads wait and `auth-required` is dispatched. */
  readonly getToken?: GetToken | undefined
  /** What the files are for; `message` by default. */
  readonly purposes?: readonly Purpose[] | undefined
  /** The kinds that are accepted; all by default. */
  readonly kinds?: readonly Kind[] | undefined
  /** Starts each file as soon as it has passed its check. Otherwise it waits for `start`. */
  readonly autoStart?: boolean | undefined
  /** Files that are uploaded at once; 3 by default. */
  readonly concurrency?: number | undefined
  /** Further Upload-Metadata pairs: the same for all files, or a function that returns those of one file. */
  readonly metadata?: Readonly<Record<string, string>> | ((file: File) => Readonly<Record<string, string>>) | undefined
  /** Tells the uploaders of one page apart: `restore` brings back the earlier uploads of its name alone. */
  readonly name?: string | undefined
  /** Whose earlier uploads `restore` brings back; by default those of the same page, route and `name`. */
  readonly restoreKey?: string | undefined
  /** The language of the messages in errors, such as "de"; by default one that the browser prefers. */
  readonly lang?: string | undefined
}

export function concurrencyOf({ concurrency }: UploaderOptions): number {
  return concurrency !== undefined && concurrency >= 1 ? Math.floor(concurrency) : defaultConcurrency
}

export function purposesOf({ purposes }: UploaderOptions): readonly Purpose[] {
  return purposes === undefined || purposes.length === 0 ? ['message'] : purposes
}

/**
 * The key under which an uploader's uploads are stored, for the site of the page. No element has the same one: theirs
 * begin with the page's path or with "restore-key" (element/address.ts).
 */
export function placeOf({ name = '', restoreKey = '' }: UploaderOptions): string {
  return restoreKey === '' ? `headless\n${pagePath()}${pageRoute()}\n#${name}` : `headless restore-key\n${restoreKey}`
}
