/**
 * The verdict on a file, without a list, an upload or a server. The same Go module
 * judges as in `<media-upload>`, in a worker too. Nothing leaves the browser.
 */
import { createChecker } from '../engine/create-engine.js'
import type { Engine, Kind, Purpose, Verdict } from '../engine/engine.js'

export interface CheckOptions {
  /** What the file is for; `message` by default. The verdict is the strictest of them. */
  readonly purposes?: readonly Purpose[] | undefined
  /** The only kind that is accepted; any by default. */
  readonly kind?: Kind | undefined
  /** The file's name, for a Blob. A `File` has one. */
  readonly name?: string | undefined
}

/** Milliseconds after the last check until the worker ends, with the memory of its Go module. */
const idleMs = 30_000

let engine: Engine | undefined
let running = 0
let timer: ReturnType<typeof setTimeout> | undefined

/**
 * Judges a file by its bytes, of which it reads a few KB. Rejects with an error whose `code` is
 * `engine_unavailable` if the worker cannot run, and `policy_forbids_engine` if the page's policy
 * forbids it. `sentences` explains the verdict to people.
 */
export async function check(file: Blob, { purposes, kind, name }: CheckOptions = {}): Promise<Verdict> {
  clearTimeout(timer)
  running++
  try {
    engine ??= createChecker()
    return await engine.check('', file, {
      name: name ?? (file instanceof File ? file.name : ''),
      declaredType: file.type,
      kinds: kind === undefined ? [] : [kind],
      purposes: purposes === undefined || purposes.length === 0 ? ['message'] : purposes,
    })
  } finally {
    if (--running === 0) timer = setTimeout(close, idleMs)
  }
}

function close(): void {
  engine?.close()
  engine = undefined
}
