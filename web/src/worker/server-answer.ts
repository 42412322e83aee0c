/** Reads a response of the server into the event that an upload's state machine expects. */
import { noteServerTime, serverNow } from './server-time.js'
import { parse, readProblem, type Problem } from './server-json.js'
import type { Answer } from './wasm.js'

/** What became of a request. `stalled`: no byte moved for too long. */
export type RequestOutcome =
  | { readonly type: 'answered'; readonly answer: Answer; readonly problem: Problem | undefined; readonly body: string }
  | { readonly type: 'broken'; readonly stalled: boolean }

export type Answered = RequestOutcome & { readonly type: 'answered' }

/** Whether something other than a media server has nothing at this URL. */
export function isNotFound({ foreign, status }: Answer): boolean {
  return foreign && (status === 404 || status === 405)
}

/** A response, as fetch and XHR can both give it. */
export interface ResponseParts {
  readonly status: number
  readonly body: string
  header(name: string): string | null
}

export function readAnswer(request: number, { status, body, header }: ResponseParts): RequestOutcome {
  const isProblem = header('Content-Type')?.startsWith('application/problem+json') ?? false
  // A gateway may use the same media type, without our code.
  const problem = isProblem ? readProblem(parse(body)) : undefined
  const foreign = problem === undefined && header('Tus-Resumable') === null
  noteServerTime(header('Date'))
  return {
    type: 'answered',
    problem,
    body,
    answer: {
      type: 'answer',
      request,
      status,
      offset: readOffset(header('Upload-Offset')),
      retryAfter: readRetryAfter(header('Retry-After'), serverNow()),
      location: header('Location') ?? '',
      problem: problem?.code ?? '',
      foreign,
      page: foreign && /^(text\/html|application\/xhtml)/i.test(header('Content-Type') ?? ''),
    },
  }
}

/** Milliseconds from `now`; 0 without a valid header. RFC 9110, section 10.2.3: seconds or a date. */
export function readRetryAfter(header: string | null, now: number): number {
  if (header === null) return 0
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0
}

function readOffset(header: string | null): number {
  return header !== null && /^\d+$/.test(header) ? Number(header) : -1
}
