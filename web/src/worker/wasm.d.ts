/**
 * The interface of the Go module. Numbers are parameters. Texts pass through one shared buffer,
 * as fields that each end with a NUL. Results are JSON in that buffer.
 * Mirrors wasm/exports.go, input.go and output.go.
 */
import type { Fact, WaitReason } from '../engine/engine.js'

/** The module's exports. A negative result is a failure: -1 panic, -2 invalid input, -3 unknown handle. */
export interface WasmExports extends WebAssembly.Exports {
  readonly mem: WebAssembly.Memory
  /** Makes room for `length` bytes and returns the address of the first. Each call may move the memory. */
  readonly mediarelay_buffer: (length: number) => number
  /** Fields: filename, declared type, kinds, kind, purposes. JSON: `Verdict`. */
  readonly mediarelay_check: (size: number, length: number) => number
  /**
   * `crossOrigin` is 1 if the tus endpoint has another origin than the worker. Fields: files, uploads,
   * assets, URL, then each metadata key with its value. Returns a handle.
   */
  readonly mediarelay_upload_new: (size: number, ceiling: number, crossOrigin: number, length: number) => number
  /** Fields: those of the event. JSON: `MachineAction`. */
  readonly mediarelay_upload_event: (
    handle: number, event: number, request: number, status: number,
    now: number, offset: number, retryAfter: number, length: number,
  ) => number
  readonly mediarelay_upload_free: (handle: number) => void
  /** Starts a SHA-256. Returns a handle. */
  readonly mediarelay_digest_new: () => number
  /** Hashes the buffer's first `length` bytes, at most 1 MiB. Returns 0. */
  readonly mediarelay_digest_write: (handle: number, length: number) => number
  /** Writes the hexadecimal digits to the buffer, returns their number and frees the handle. */
  readonly mediarelay_digest_sum: (handle: number) => number
  readonly mediarelay_digest_free: (handle: number) => void
}

/** The module's imports under the name `mediarelay`. */
export interface WasmImports extends WebAssembly.ModuleImports {
  /** Copies up to `length` bytes of the checked file from `offset` to `pointer`. Returns their number, or -1 if the file cannot be read. */
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

/** The server's state of an upload. */
export type ServerState = 'uploading' | 'checking' | 'relaying' | 'done' | 'refused' | 'failed'

/** An event for an upload's state machine. `request` is the number of the request that it is about. */
export type MachineEvent =
  | { readonly type: 'start' | 'pause' | 'resume' | 'cancel' | 'retry' | 'due' | 'nudge' | 'token-ready' | 'token-denied' }
  | Answer
  | { readonly type: 'broken'; readonly request: number; readonly stalled: boolean }
  | { readonly type: 'unsent' | 'unreadable' | 'known'; readonly request: number }
  | { readonly type: 'watched'; readonly request: number; readonly state: ServerState; readonly problem: string; readonly final: boolean }

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
   * The response has neither `application/problem+json` nor `Tus-Resumable`, so a proxy gave it in the
   * server's place. It does not make the machine forget an upload.
   */
  readonly foreign: boolean
}

/** The action that a state machine asks for. Every action but `idle` ends the previous one. */
export type MachineAction = MachineFacts & MachineTask

/** The machine's state, which comes with every action, including `idle`. */
export interface MachineFacts {
  readonly accepted: number
  readonly ceiling: number
  /** The upload's URL; empty until the server has assigned it. */
  readonly upload: string
  /** How often bytes were damaged in transit and sent again. */
  readonly damaged: number
}

export type MachineTask =
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
  /** The bytes of the file that are the body. */
  readonly offset: number
  readonly length: number
  /** Send `Upload-Checksum: sha256 <base64>` if the browser has WebCrypto. */
  readonly checksum: boolean
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Milliseconds without a byte after which the request has stalled. */
  readonly stallAfter: number
}

export interface WatchAction {
  readonly do: 'watch'
  readonly request: number
  readonly url: string
  readonly stallAfter: number
}

declare global {
  /** Go's loader, lib/wasm/wasm_exec.js. */
  class Go {
    readonly importObject: WebAssembly.Imports
    exit: (code: number) => void
    run(instance: WebAssembly.Instance): Promise<void>
  }

  /** A part of the File API that only workers have. */
  class FileReaderSync {
    readAsArrayBuffer(blob: Blob): ArrayBuffer
  }

  /** The name of the module's file beside the worker. The build sets it. */
  const __WASM_FILE__: string
  /** The name of the worker's file beside the element. The build sets it. */
  const __WORKER_FILE__: string
  /** The number of the protocol between page and worker. The build sets it. */
  const __ENGINE_PROTOCOL__: number
}
