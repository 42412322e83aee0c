/** Reads what a page passes to `addFiles`. */
import { describeValue } from '../engine/page-warning.js'

/** The files in an array, a FileList or another iterable; a single file is accepted too. */
export function filesFrom(value: unknown, warn: (text: string) => void): readonly File[] {
  const values = isFile(value) ? [value] : isIterable(value) ? [...value] : undefined
  if (values === undefined) warn(`addFiles takes an array of files, not ${describeValue(value)}`)
  const files = (values ?? []).filter(isFile)
  const other = values?.find((value) => !isFile(value))
  if (other !== undefined) warn(`addFiles takes files, not ${describeValue(other)}; new File([blob], name) makes one of a Blob`)
  return files
}

/** A file of a frame's document is no instance of this window's File. */
function isFile(value: unknown): value is File {
  return Object.prototype.toString.call(value) === '[object File]'
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
