/**
 * The border of wasm/ (Go), in the same words: numbers are parameters, texts
 * cross in one shared buffer as fields with a NUL after each, answers are JSON
 * in that buffer. Mirrors wasm/exports.go, input.go and output.go.
 */
import type { Fact, WaitReason } from '../engine/engine.js'

/** What the module exports. A negative result is a failure: -1 panic, -2 input, -3 handle. */
export interface WasmExports extends WebAssembly.Exports {
  readonly mem: WebAssembly.Memory
  /** Makes room for `length` bytes and returns where they begin. Memory may move with every call. */
  readonly mediarelay_buffer: (length: number) => number
  /** Fields: filename, declared type, kinds, kind, purposes. JSON: `Verdict`. */
  readonly mediarelay_check: (size: number, length: number) => number
  /**
   * `crossOrigin` is 1 where the files are of another origin than the worker. Fields: files, uploads,
   * assets, URL, then each metadata key with its value. Returns a handle.
   */
  readonly mediarelay_upload_new: (size: number, ceiling: number, crossOrigin: number, length: number) => number
  /** Fields: as the event has them. JSON: `Action`. */
  readonly mediarelay_upload_event: (
    handle: number, event: number, request: number, status: number,
    now: number, offset: number, retryAfter: number, length: number,
  ) => number
  readonly mediarelay_upload_free: (handle: number) => void
  /** Begins a SHA-256. Returns a handle. */
  readonly mediarelay_digest_new: () => number
  /** Takes the buffer's first `length` bytes, 1 MiB at most. Returns 0. */
  readonly mediarelay_digest_write: (handle: number, length: number) => number
  /** Ends it: its digits are in the buffer, the handle is free. Returns their number. */
  readonly mediarelay_digest_sum: (handle: number) => number
  readonly mediarelay_digest_free: (handle: number) => void
}

/** What the module imports under the name `mediarelay`. */
export interface WasmImports extends WebAssembly.ModuleImports {
  /** Puts up to `length` bytes of the file under check from `offset` at `pointer`; -1 when it cannot be read. */
  readonly read: (pointer: number, length: number, offset: number) => number
}

/** The numbers of the events, as in wasm/input.go. */
export interface EventNumbers {
  readonly start: 0
  readonly pause: 1
  readonly resume: 2
  readonly cancel: 3
  readonly retry: 4
  readonly due: 5
  readonly nudge: 6
  readonly 'token-ready': 7
  readonly 'token-denied': 8
  readonly answer: 9
  readonly broken: 10
  readonly unsent: 11
  readonly unreadable: 12
  readonly known: 13
  readonly watched: 14
}

/** The server's word for how far an upload is. */
export type UploadState = 'uploading' | 'checking' | 'relaying' | 'done' | 'refused' | 'failed'

/** What a machine is told. `request` is the number of the request that it speaks of. */
export type UploadEvent =
  | { readonly type: 'start' | 'pause' | 'resume' | 'cancel' | 'retry' | 'due' | 'nudge' | 'token-ready' | 'token-denied' }
  | Answer
  | { readonly type: 'broken'; readonly request: number; readonly stalled: boolean }
  | { readonly type: 'unsent' | 'unreadable' | 'known'; readonly request: number }
  | { readonly type: 'watched'; readonly request: number; readonly state: UploadState; readonly problem: string; readonly final: boolean }

/** A response. `offset` is -1 without the header; `retryAfter` is in milliseconds. */
export interface Answer {
  readonly type: 'answer'
  readonly request: number
  readonly status: number
  readonly offset: number
  readonly retryAfter: number
  readonly location: string
  readonly problem: string
  /**
   * Neither `application/problem+json` nor `Tus-Resumable`: something on the way gave the answer in the
   * server's place. An upload is not forgotten for it.
   */
  readonly foreign: boolean
}

/** What a machine wants done. Every action but `idle` ends what ran before. */
export type Action = MachineFacts & ActionWords

/** What goes with every action, `idle` too. */
export interface MachineFacts {
  readonly accepted: number
  readonly ceiling: number
  /** The upload's URL, empty until the server named it. */
  readonly upload: string
  /** How often bytes arrived other than they were sent, and are sent again. Told to the page each time it grows. */
  readonly damaged: number
}

export type ActionWords =
  | { readonly do: 'idle' | 'need-token' | 'paused' | 'done' | 'refused' | 'cancelled' }
  | SendAction
  | WatchAction
  | { readonly do: 'wait'; readonly milliseconds: number; readonly reason: WaitReason }
  | { readonly do: 'failed'; readonly code: string; readonly retryable: boolean; readonly facts: readonly Fact[] }

export interface SendAction {
  readonly do: 'send'
  readonly request: number
  readonly purpose: 'search' | 'create' | 'ask' | 'chunk' | 'relay' | 'delete'
  readonly method: string
  readonly url: string
  /** Which bytes of the file are the body. */
  readonly offset: number
  readonly length: number
  /** The body goes with `Upload-Checksum: sha256 <base64>`, where the browser can make it. */
  readonly checksum: boolean
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Milliseconds that may pass without a byte. */
  readonly stallAfter: number
}

export interface WatchAction {
  readonly do: 'watch'
  readonly request: number
  readonly url: string
  readonly stallAfter: number
}

declare global {
  /** Go's own loader, lib/wasm/wasm_exec.js. */
  class Go {
    readonly importObject: WebAssembly.Imports
    exit: (code: number) => void
    run(instance: WebAssembly.Instance): Promise<void>
  }

  /** Part of the File API that exists in workers alone. */
  class FileReaderSync {
    readAsArrayBuffer(blob: Blob): ArrayBuffer
  }

  /** Name of the module's file beside the worker; the build puts it in. */
  const __WASM_FILE__: string
  /** Name of the worker's file beside the element; the build puts it in. */
  const __WORKER_FILE__: string
}
