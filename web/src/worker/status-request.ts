/** Asks the server for the state of one upload. */
import { readAnswer, type RequestOutcome } from './server-answer.js'
import { parse, readUploadStatus, type UploadStatus } from './server-json.js'
import type { WatchAction } from './wasm.js'

export type StatusOutcome = { readonly type: 'status'; readonly status: UploadStatus } | RequestOutcome

const TIMEOUT_MS = 15_000

/** Never rejects. An answer that is not the server's is `answered` as foreign, whatever its status. */
export async function requestStatus({ url, request }: WatchAction, token: string, aborter: AbortController): Promise<StatusOutcome> {
  let stalled = false
  const watchdog = setTimeout(() => {
    stalled = true
    aborter.abort()
  }, TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      headers: { Authorization: `Bearer ${token}` }, cache: 'no-store', redirect: 'manual', signal: aborter.signal,
    })
    const body = await response.text()
    const status = response.ok ? readUploadStatus(parse(body)) : undefined
    if (status) return { type: 'status', status }
    // The browser hides the status of a redirect. The server redirects nobody.
    return readAnswer(request, { status: response.status || 302, body, header: name => response.headers.get(name) })
  } catch {
    return { type: 'broken', stalled }
  } finally {
    clearTimeout(watchdog)
  }
}
