/** What a page tells an uploader. */
import type { Kind, Purpose } from '../engine/engine.js'
import type { EngineChoice } from '../engine/way.js'
import { defaultConcurrency } from '../session/default-concurrency.js'
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
  /** Whose earlier uploads `restore` brings back; the page's path and query by default. */
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

/** The key of `UploadRequest.place`. An element on the page should not be named "headless": it would share the place. */
export function placeOf({ restoreKey }: UploaderOptions): string {
  return restoreKey === undefined || restoreKey === '' ? `${location.pathname}${location.search}#headless` : `headless#${restoreKey}`
}
