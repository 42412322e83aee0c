/**
 * Reads the files of a drop or a paste, with those in folders. Which of them are
 * accepted is up to the element.
 */

/** Files that operating systems create in every folder; no person wants to upload them. */
const systemFiles = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini'])

export function hasFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false
}

/**
 * Whether a paste is meant for an upload: not if it goes into a field, nor if it is a text that comes with a picture of
 * itself, as Word and Outlook copy it. Browsers name such a picture "image.png"; files keep their names.
 */
export function pastesFiles(event: ClipboardEvent): event is ClipboardEvent & { readonly clipboardData: DataTransfer } {
  const { clipboardData } = event
  if (event.defaultPrevented || !hasFiles(clipboardData) || isEditable(event.composedPath()[0])) return false
  const isPicture = Array.from(clipboardData.files).every(({ name }) => /^image\.\w+$/.test(name))
  return !isPicture || clipboardData.getData('text/plain').trim() === ''
}

function isEditable(target: EventTarget | undefined): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'file'
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable)
}

/**
 * Reads everything that was dropped or pasted. The entries must be taken before the
 * first await: the browser clears the transfer when the event's listeners return.
 */
export async function filesIn(transfer: DataTransfer): Promise<File[]> {
  const items = Array.from(transfer.items).filter((item) => item.kind === 'file')
  const sources = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const found: File[] = []
  for (const { entry, file } of sources) {
    if (entry?.isDirectory) await collect(entry, found)
    else if (file !== null) found.push(file)
  }
  return found.filter((file) => !systemFiles.has(file.name))
}

async function collect(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (isFile(entry)) {
    const file = await readFile(entry)
    if (file !== undefined) found.push(file)
    return
  }
  if (isFolder(entry)) for (const child of await readFolder(entry)) await collect(child, found)
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

/** Undefined for a file that cannot be read (deleted, no permission), so that the others are still added. */
function readFile(entry: FileSystemFileEntry): Promise<File | undefined> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(undefined)))
}

/** `readEntries` returns at most 100 entries per call (Chromium), and none at the end. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])))
    if (batch.length === 0) return all
    all.push(...batch)
  }
}
