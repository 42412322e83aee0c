/**
 * Files out of a drop or a paste, folders included. Leaves which of them are
 * taken to the element.
 */

/** What operating systems leave in every folder; nobody means to send it. */
const systemFiles = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini'])

export function carriesFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false
}

/**
 * Reads everything that was dropped or pasted. Entries must be taken before the
 * first await: the browser empties the transfer when its event is over.
 */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
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

/** A file that cannot be read (gone, no permission) does not keep its neighbours back. */
function readFile(entry: FileSystemFileEntry): Promise<File | undefined> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(undefined)))
}

/** `readEntries` gives at most 100 at a time (Chromium) and an empty list at the end. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])))
    if (some.length === 0) return all
    all.push(...some)
  }
}
