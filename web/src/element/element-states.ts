/** The element's custom states, which a page can style with `:state()`. */
import type { ElementState } from './form-control.js'
import type { Upload } from '../session/upload.js'
import { isInProgress, isProcessing, isSettled } from '../session/upload-state.js'

export function statesOf(uploads: readonly Upload[], dragging: boolean): Readonly<Record<ElementState, boolean>> {
  const any = (test: (upload: Upload) => boolean) => uploads.some(test)
  return {
    dragging,
    empty: uploads.length === 0,
    uploading: isBusy(uploads),
    paused: any(({ state }) => state.name === 'paused'),
    offline: !navigator.onLine || any(({ state }) => state.name === 'waiting' && state.reason === 'offline'),
    error: any(({ state }) => state.name === 'failed' || state.name === 'refused'),
    complete: uploads.length > 0 && uploads.every(({ state }) => isSettled(state)),
  }
}

/** A form that is submitted now would miss files. */
export function isBusy(uploads: readonly Upload[]): boolean {
  return uploads.some(({ state }) => isInProgress(state) || isProcessing(state))
}
