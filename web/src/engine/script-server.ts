/**
 * Whether a media server has sent a script: the script is in the folder `widget/` of the endpoint. One origin may have
 * several servers, each below a path of its own.
 */
export function isScriptOf(script: string, endpoint: string): boolean {
  return new URL('.', script).href === new URL('widget/', endpoint).href
}
