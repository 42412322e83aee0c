/** An upload's state in words, with its icon and tone. */
import type { WaitReason } from '../engine/engine.js'
import type { Texts } from '../i18n/messages.js'
import type { RowIconName } from './row-icons.js'
import type { Progress } from '../session/progress.js'
import type { Upload } from '../session/upload.js'
import type { StateName, UploadState } from '../session/upload-state.js'
import { waitText } from '../i18n/wait-text.js'
import { isOutdated } from './expiry.js'

export type Tone = 'neutral' | 'active' | 'good' | 'warn' | 'bad'

export interface Status {
  readonly icon: RowIconName
  readonly tone: Tone
  readonly text: string
}

type Appearance = Omit<Status, 'text'>

const appearances: { readonly [N in StateName]: Appearance } = {
  checking: { icon: 'clock', tone: 'neutral' },
  ready: { icon: 'check', tone: 'neutral' },
  missing: { icon: 'file', tone: 'warn' },
  queued: { icon: 'clock', tone: 'neutral' },
  uploading: { icon: 'upload', tone: 'active' },
  waiting: { icon: 'clock', tone: 'warn' },
  paused: { icon: 'pause', tone: 'neutral' },
  verifying: { icon: 'clock', tone: 'active' },
  relaying: { icon: 'clock', tone: 'active' },
  done: { icon: 'check', tone: 'good' },
  refused: { icon: 'refuse', tone: 'bad' },
  failed: { icon: 'refuse', tone: 'bad' },
}

export function statusOf({ state, verdict, progress }: Upload, texts: Texts, now: number): Status {
  const appearance = appearances[state.name]
  if (state.name === 'missing' && state.comparing) return { ...appearances.checking, text: texts.label('checking') }
  if (state.name === 'ready' && verdict?.outcome === 'warn') return { icon: 'warn', tone: 'warn', text: texts.label('readyWarned') }
  if (state.name === 'done' && isOutdated(state.asset, now + state.clockAhead)) return { icon: 'clock', tone: 'warn', text: texts.label('outdated') }
  if (state.name === 'waiting') return { ...appearance, icon: waitIcon(state.reason), text: waitingText(state, texts, now) }
  // The row shows the server's problem below; the status says that the server retries.
  if ('problem' in state && state.problem !== undefined) return { icon: 'clock', tone: 'warn', text: texts.label('willRetry') }
  if (state.name === 'uploading') return { ...appearance, text: transferText(progress, texts, now) }
  // The labels of these states have the states' names.
  return { ...appearance, text: texts.label(state.name, { percent: texts.percent(progress.share) }) }
}

/** Such as "3.1 MB of 12 MB · 2.4 MB/s · 4 sec left", without what is not known yet. */
function transferText(progress: Progress, texts: Texts, now: number): string {
  if (progress.shown === 0) return texts.label('starting')
  const parts = [texts.label('uploadingBytes', { bytes: texts.bytes(progress.shown), total: texts.bytes(progress.total) })]
  const speed = progress.speed(now)
  const seconds = progress.secondsLeft(now)
  if (speed !== undefined && speed > 0) parts.push(texts.label('perSecond', { bytes: texts.bytes(speed) }))
  if (seconds !== undefined) parts.push(texts.label('timeLeft', { time: texts.duration(seconds) }))
  return parts.join(' · ')
}

function waitIcon(reason: WaitReason): RowIconName {
  if (reason === 'offline') return 'offline'
  return reason === 'token' ? 'key' : 'clock'
}

function waitingText(state: Extract<UploadState, { name: 'waiting' }>, texts: Texts, now: number): string {
  const text = waitText(state.reason, texts)
  if (state.retryAt <= now) return text
  return texts.label('nextTry', { state: text, time: texts.duration((state.retryAt - now) / 1000) })
}
