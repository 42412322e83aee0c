/**
 * Makes a failure that the page or the worker detects itself; the catalogue has the sentence for its code.
 *
 * worker-engine.ts writes its only failure as a literal: if it shared this function with the session,
 * the bundler would put the function into a file of its own, and every page would wait for one more download.
 */
import type { Failure } from './engine.js'

export function failureOf(code: string, retryable = true): Failure {
  return { code, message: '', retryable, facts: [] }
}
