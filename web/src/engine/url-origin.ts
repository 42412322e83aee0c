/**
 * Whether a URL is of an origin. Beginnings of texts do not tell: `https://a.example.evil` begins with `https://a.example`.
 * The report of a policy's violation may have a scheme or a keyword in place of a URL, which is of no origin.
 */
export function isOfOrigin(url: string, origin: string): boolean {
  return URL.canParse(url) && new URL(url).origin === origin
}
