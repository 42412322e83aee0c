/** What is said of a file below its state, in a line of its own: what to know of the way that it takes, and nothing while all is as always. */
import type { LabelName } from '../i18n/labels.js'
import type { Upload } from '../session/upload.js'
import { isOnTheWay } from '../session/upload-state.js'

export function notesOf(upload: Upload): readonly LabelName[] {
  if (upload.state.name === 'missing') return ['missingWhy']
  if (!isOnTheWay(upload.state) || upload.safe) return []
  const { damaged, lost, restored, kept, followed } = upload
  const notes: LabelName[] = []
  if (damaged) notes.push('damaged')
  else if (lost) notes.push('sentAgain')
  if (followed) notes.push('elsewhere')
  else if (restored && upload.state.name !== 'paused') notes.push('goesOn')
  if (kept === false && !followed) notes.push('keepOpen')
  return notes
}
