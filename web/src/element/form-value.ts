/** What a form submits for the element: one asset ID, or all of them with `multiple`; null submits nothing. */
export function formValue(name: string, value: readonly string[], multiple: boolean): FormData | string | null {
  const [first] = value
  if (first === undefined || name === '') return null
  if (!multiple) return first
  const data = new FormData()
  for (const id of value) data.append(name, id)
  return data
}
