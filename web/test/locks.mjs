/** Web Locks as far as they are used here: exclusive, first come first served. */
export class Locks {
  #queues = new Map()
  async request(name, { ifAvailable, signal }, callback) {
    // No browser answers before the caller has gone on.
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
