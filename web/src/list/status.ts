/** An upload's state in words, with its icon and tone. */
import type { WaitReason } from '../engine/engine.js'
import type { LabelName } from '../i18n/labels.js'
import type { Texts } from '../i18n/messages.js'
import type { RowIconName } from './row-icons.js'
import type { Upload } from '../session/upload.js'
import type { StateName, UploadState } from '../session/upload-state.js'
import { waitText } from '../i18n/wait-text.js'

export type Tone = 'neutral' | 'active' | 'good' | 'warn' | 'bad'

export interface Status {
  readonly icon: RowIconName
  readonly tone: Tone
  readonly text: string
}

interface Appearance {
  readonly icon: RowIconName
  readonly tone: Tone
  readonly label: LabelName
}

const appearances: { readonly [N in StateName]: Appearance } = {
  checking: { icon: 'clock', tone: 'neutral', label: 'checking' },
  ready: { icon: 'check', tone: 'neutral', label: 'ready' },
  missing: { icon: 'file', tone: 'warn', label: 'missing' },
  queued: { icon: 'clock', tone: 'neutral', label: 'queued' },
  uploading: { icon: 'upload', tone: 'active', label: 'uploading' },
  waiting: { icon: 'clock', tone: 'warn', label: 'waitingServer' },
  paused: { icon: 'pause', tone: 'neutral', label: 'paused' },
  verifying: { icon: 'clock', tone: 'active', label: 'verifying' },
  relaying: { icon: 'clock', tone: 'active', label: 'relaying' },
  done: { icon: 'check', tone: 'good', label: 'done' },
  refused: { icon: 'refuse', tone: 'bad', label: 'refused' },
  failed: { icon: 'refuse', tone: 'bad', label: 'failed' },
}

export function statusOf(upload: Upload, texts: Texts, now: number): Status {
  const appearance = appearances[upload.state.name]
  const { state, verdict } = upload
  if (state.name === 'missing' && state.comparing) return { ...appearances.checking, text: texts.label('checking') }
  if (state.name === 'ready' && verdict?.outcome === 'warn') return { icon: 'warn', tone: 'warn', text: texts.label('readyWarned') }
  if (state.name === 'waiting') return { icon: waitIcon(state.reason), tone: appearance.tone, text: waitingText(state, texts, now) }
  // The row shows the server's problem below; the status says that the server retries.
  if ('problem' in state && state.problem !== undefined) return { icon: 'clock', tone: 'warn', text: texts.label('triedAgain') }
  return { icon: appearance.icon, tone: appearance.tone, text: textOf(upload, appearance.label, texts, now) }
}

function textOf(upload: Upload, label: LabelName, texts: Texts, now: number): string {
  if (upload.state.name === 'uploading') return transferText(upload, texts, now)
  return texts.label(label, { percent: texts.percent(upload.progress.share) })
}

/** Such as "3.1 MB of 12 MB · 2.4 MB/s · 4 sec left", without what is not known yet. */
function transferText({ progress }: Upload, texts: Texts, now: number): string {
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
