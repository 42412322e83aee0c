/** What identifies one upload in every tab: its owner, and the key made of owner, bytes and request. */
import type { UploadRequest } from '../engine/engine.js'
import type { UploadRecord } from '../storage/records.js'
import { FileSource } from './file-source.js'
import type { JobFile } from './job-record.js'
import { ownerOf, resolveOwner } from './owner.js'
import type { JobContext } from './upload-context.js'
import { uploadKey } from './upload-key.js'

export class UploadIdentity {
  /** As `ownerOf` reads it from a token; empty until there was one. */
  owner = ''
  /** Empty until it is known. */
  key = ''
  readonly source: FileSource
  readonly request: UploadRequest
  readonly #context: JobContext

  constructor(context: JobContext, file: JobFile) {
    this.#context = context
    this.source = new FileSource(file)
    this.request = file.request
  }

  /** Takes over what an earlier visit has stored. */
  restore({ owner, key, sha256 }: UploadRecord): void {
    this.owner ||= owner
    this.key ||= key
    this.source.sha256 ||= sha256
  }

  /**
   * Finds out owner, hash and key. Waits for a token if there is none. `needsHash` is asked before
   * each blob is hashed, `isWanted` before each request for a token. False if somebody other than the owner is signed in by then.
   */
  async resolve(needsHash: () => boolean, isWanted: () => boolean): Promise<boolean> {
    const { token, hash, rules } = this.#context
    const [owner] = await Promise.all([this.owner || resolveOwner(token, hash, isWanted), this.#hash(needsHash)])
    this.owner ||= owner
    this.key ||= uploadKey({ owner: this.owner, sha256: this.source.sha256, request: this.request, rules }, hash)
    // Without a token nothing is sent, so there is nothing to prevent.
    const signedIn = ownerOf(token.current, hash)
    return signedIn === '' || signedIn === this.owner
  }

  /** Hashes the bytes that will be sent: those of the copy or, if it cannot be read, of the original. */
  async #hash(needsHash: () => boolean): Promise<void> {
    while (this.source.sha256 === '' && needsHash()) await this.source.hash(this.#context.module)
  }
}
