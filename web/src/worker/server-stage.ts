/** What the server was last reported to do with an upload. It repeats itself; only another stage or problem is news. */

export type StageName = 'checking' | 'relaying'

export class ServerStage {
  #name: StageName | undefined
  #problem = ''

  get isKnown(): boolean {
    return this.#name !== undefined
  }

  /** False if the upload is in this stage already. `problem` is the code of what delays it; empty for nothing. */
  enter(name: StageName, problem: string): boolean {
    if (name === this.#name && problem === this.#problem) return false
    this.#name = name
    this.#problem = problem
    return true
  }

  leave(): void {
    this.#name = undefined
  }
}
