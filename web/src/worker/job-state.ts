/** The states of an upload job. */
import type { UploadRunner } from './upload-runner.js'

export type JobState =
  /** Not started. Observes another tab that sends the upload if there is no file here. */
  | { readonly type: 'stored' }
  /** Started: finds out its identity, or waits for the lock while another tab sends. */
  | { readonly type: 'waiting' }
  | { readonly type: 'running'; readonly runner: UploadRunner }
  /** Failed before it ran here. A retry starts again. */
  | { readonly type: 'failed' }
  | { readonly type: 'ended' }
