/** Copies a text to the clipboard. Outside secure contexts, where the Clipboard API is missing, it copies a selection. */
export async function copyText(text: string, root: ShadowRoot): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text, root)
  }
}

function copyBySelection(text: string, root: ShadowRoot): boolean {
  const focused = root.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'visually-hidden'
  root.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
