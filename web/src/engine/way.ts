/** How an element reaches the engine, and what a page's policy must allow for each way. */

/**
 * `worker`: a worker of the script's own origin, which is the page's. `blob`: a worker of the page's origin
 * that imports the script of another one. `frame`: a worker in a hidden frame of the media server.
 */
export type Way = 'worker' | 'blob' | 'frame'

/** The element's `engine` attribute: one of the ways that need no frame, the frame alone, or whichever works. */
export type EngineChoice = 'worker' | 'frame' | ''

/** What an engine is opened for. */
export interface EngineTarget {
  /** The media server, such as "https://media.example.com/". */
  readonly endpoint: string
  readonly choice: EngineChoice
  /** Nothing is uploaded. */
  readonly checksOnly?: boolean
}

/** The ways to try, best first. A worker must be of its page's own origin. */
export function waysFor(choice: EngineChoice, sameOrigin: boolean): readonly Way[] {
  const worker: Way = sameOrigin ? 'worker' : 'blob'
  if (choice === 'worker') return [worker]
  return choice === 'frame' ? ['frame'] : [worker, 'frame']
}

/** What a Content-Security-Policy must allow for a way. `script` and `media` are the origins of the element's script and of the server. */
export function policyFor(way: Way, script: string, media: string): string {
  switch (way) {
    case 'worker': return `worker-src 'self'${script === media ? '' : `; and for the worker's own files: script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${media}`}`
    case 'blob': return `script-src ${script} 'wasm-unsafe-eval'; worker-src blob: ${script}; connect-src ${script === media ? media : `${script} ${media}`}; trusted-types mediarelay lit-html`
    case 'frame': return `script-src ${script}; frame-src ${media}; trusted-types lit-html`
  }
}
