/** A file's state in words, with the icon and the tone that go with it. */
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

interface Look {
  readonly icon: RowIconName
  readonly tone: Tone
  readonly label: LabelName
}

const looks: { readonly [N in StateName]: Look } = {
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
  const look = looks[upload.state.name]
  const { state, verdict } = upload
  if (state.name === 'missing' && state.comparing) return { ...looks.checking, text: texts.label('checking') }
  if (state.name === 'ready' && verdict?.outcome === 'warn') return { icon: 'warn', tone: 'warn', text: texts.label('readyWarned') }
  if (state.name === 'waiting') return { icon: waitIcon(state.reason), tone: look.tone, text: waitingText(state, texts, now) }
  // The server said why it did not go on; that it will is this line's to say.
  if ('problem' in state && state.problem !== undefined) return { icon: 'clock', tone: 'warn', text: texts.label('triedAgain') }
  return { icon: look.icon, tone: look.tone, text: textOf(upload, look.label, texts, now) }
}

function textOf(upload: Upload, label: LabelName, texts: Texts, now: number): string {
  if (upload.state.name === 'uploading') return movement(upload, texts, now)
  return texts.label(label, { percent: texts.percent(upload.progress.share) })
}

/** "3.1 MB of 12 MB · 2.4 MB/s · 4 sec left", as far as it is known. */
function movement({ progress }: Upload, texts: Texts, now: number): string {
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
