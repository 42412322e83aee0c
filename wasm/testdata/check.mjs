// Gives verdicts with the Go module, in Node. It calls the module as the worker
// does (WasmModule in web/src, types in wasm.d.ts):
//
//   node check.mjs WASM_EXEC_JS MODULE
//
// Each line of standard input is a file to check:
//
//   { "fields": [filename, declared type, kinds, kind, purposes], "head": base64, "gap": bytes, "tail": base64 }
//
// The file is head, then gap zeros, then tail; head and tail may be null. Each line of standard output is the
// answer to one of them: { "verdict": text }, or { "error": text } if the call failed.
import { webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

globalThis.crypto ??= webcrypto // a global since Node 19 only
console.log = console.error // Go's loader prints a panic with it; standard output has the answers alone

const [loader, path] = process.argv.slice(2)
await import(pathToFileURL(loader))
const module = await WebAssembly.compile(readFileSync(path))

class Instance {
  #go = new Go()
  #exports
  #exited = false
  #file

  static async start() {
    const instance = new Instance()
    instance.#go.exit = () => { instance.#exited = true }
    const read = (pointer, length, offset) => instance.#read(pointer, length, offset)
    const started = await WebAssembly.instantiate(module, { ...instance.#go.importObject, mediarelay: { read } })
    instance.#exports = started.exports
    void instance.#go.run(started)
    return instance
  }

  check(file, fields) {
    this.#file = file
    const text = Buffer.from(fields.map(field => field.replaceAll('\0', '') + '\0').join(''))
    new Uint8Array(this.#exports.mem.buffer, this.#exports.mediarelay_buffer(text.length)).set(text)
    const length = this.#exports.mediarelay_check(file.size, text.length)
    if (this.#exited) throw new Error('the module has exited')
    if (length < 0) throw new Error(`mediarelay_check returned ${length}`)
    const pointer = this.#exports.mediarelay_buffer(0)
    return Buffer.from(new Uint8Array(this.#exports.mem.buffer, pointer, length)).toString()
  }

  #read(pointer, length, offset) {
    const bytes = this.#file.read(offset, length)
    new Uint8Array(this.#exports.mem.buffer, pointer).set(bytes)
    return bytes.length
  }
}

/** Bytes with zeros in the middle that take no memory. */
class FileWithGap {
  #head
  #tail
  #tailStart

  constructor({ head, gap, tail }) {
    this.#head = Buffer.from(head ?? '', 'base64')
    this.#tail = Buffer.from(tail ?? '', 'base64')
    this.#tailStart = this.#head.length + gap
    this.size = this.#tailStart + this.#tail.length
  }

  read(offset, length) {
    const end = Math.min(offset + length, this.size)
    const bytes = new Uint8Array(Math.max(0, end - offset))
    bytes.set(this.#head.subarray(offset, end))
    const before = this.#tailStart - offset
    const from = Math.max(0, -before)
    if (before < bytes.length) bytes.set(this.#tail.subarray(from, end - this.#tailStart), Math.max(0, before))
    return bytes
  }
}

let instance = await Instance.start()
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  let answer
  try {
    answer = { verdict: instance.check(new FileWithGap(request), request.fields) }
  } catch (error) {
    answer = { error: String(error) }
    instance = await Instance.start() // the worker replaces a module that has failed
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
process.exit(0)
