/**
 * Decides when answers prove a mistake of an administrator. One answer does not: a request may be lost, and a gateway may
 * answer once in the server's place. The same answer several times in a row does, over some time.
 */
import type { FaultCode } from './fault.js'

/** Such answers in a row. */
export const PROVEN_BY = 3

/** Milliseconds between two answers that count. What fails together has failed once. */
export const APART_MILLISECONDS = 400

export class FaultEvidence {
  #last: FaultCode | undefined
  #times = 0
  #at = -Infinity

  /** Adds what an answer points to; undefined for nothing, or for no answer. Returns it if it is proven. */
  add(fault: FaultCode | undefined): FaultCode | undefined {
    // A page without a network learns nothing about its server.
    const found = navigator.onLine === false ? undefined : fault
    // This one is read in a file of the server's own.
    if (found === 'server_outdated') return found
    const now = performance.now()
    if (found === undefined || found !== this.#last) this.#times = 0
    else if (now - this.#at < APART_MILLISECONDS) return this.#proven
    this.#last = found
    this.#at = now
    if (found !== undefined) this.#times++
    return this.#proven
  }

  get #proven(): FaultCode | undefined {
    return this.#times >= PROVEN_BY ? this.#last : undefined
  }
}
