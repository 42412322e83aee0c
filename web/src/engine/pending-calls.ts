/** The calls that a worker has not answered yet. They outlive it: the next worker gets them too. */
import { EngineUnavailableError } from './engine-unavailable-error.js'
import type { CallAnswers, CallMessage } from './worker-protocol.js'

/** A call without its number. */
export type Question = CallMessage extends infer M ? M extends CallMessage ? Omit<M, 'call'> : never : never

interface PendingCall {
  readonly message: CallMessage
  crashes: number
  readonly resolve: (answer: CallAnswers[CallMessage['type']]) => void
  readonly reject: (error: EngineUnavailableError) => void
}

export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>()
  #last = 0

  get messages(): readonly CallMessage[] {
    return [...this.#calls.values()].map(({ message }) => message)
  }

  /** Adds a call and passes its message to `post`. */
  add<T extends CallMessage['type']>(question: Question & { readonly type: T }, post: (message: CallMessage) => void): Promise<CallAnswers[T]> {
    const call = ++this.#last
    return new Promise((resolve, reject) => {
      const message = { ...question, call } as CallMessage
      this.#calls.set(call, { message, crashes: 0, resolve: resolve as PendingCall['resolve'], reject })
      post(message)
    })
  }

  resolve(call: number, answer: CallAnswers[CallMessage['type']]): void {
    this.#calls.get(call)?.resolve(answer)
    this.#calls.delete(call)
  }

  /**
   * Rejects a check that has crashed two workers. Checks run one at a time, so the first
   * one was running when the worker crashed.
   */
  noteCrash(detail: string): void {
    for (const [call, pending] of this.#calls) {
      if (pending.message.type !== 'check') continue
      if (++pending.crashes < 2) return
      this.#calls.delete(call)
      return pending.reject(new EngineUnavailableError(detail))
    }
  }

  /** `code` is for the catalogue. */
  rejectAll(detail: string, code?: string): void {
    for (const { reject } of this.#calls.values()) reject(new EngineUnavailableError(detail, code))
    this.#calls.clear()
  }
}
