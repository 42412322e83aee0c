/** The catalogue's code of an error. One without a code is a fault of ours, or `fallback` names what it means at this point. */
export function codeOfError(error: unknown, fallback: string): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : fallback
}
