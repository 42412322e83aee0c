/** A fake of Web Locks: all locks are exclusive and granted in the order of their requests. */
export class Locks {
  #queues = new Map()
  async request(name, { ifAvailable, signal }, callback) {
    // Browsers answer asynchronously.
    await undefined
    const queue = this.#queues.get(name) ?? []
    this.#queues.set(name, queue)
    if (ifAvailable && queue.length > 0) return callback(null)
    return new Promise((resolve, reject) => {
      const entry = async () => {
        resolve(await callback({ name }))
        queue.shift()
        queue[0]?.()
      }
      signal?.addEventListener('abort', () => {
        if (queue.indexOf(entry) > 0) queue.splice(queue.indexOf(entry), 1)
        reject(new DOMException('', 'AbortError'))
      })
      queue.push(entry)
      if (queue.length === 1) void entry()
    })
  }
}
