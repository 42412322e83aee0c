/**
 * Says so if the page's `trusted-types` directive lacks Lit's policy, which Lit makes when it is loaded: the
 * element's code then ends before it defines anything, and the page would show nothing at all.
 *
 * The modules that load Lit import this one first.
 */
const texts: Readonly<Record<string, string>> = {
  en: 'This website’s security settings block the uploader. Contact your administrator.',
  de: 'Die Sicherheitseinstellungen dieser Website blockieren den Uploader. Wenden Sie sich an Ihren Administrator.',
  es: 'La configuración de seguridad de este sitio web bloquea la herramienta de carga. Avise a su administrador.',
  pt: 'As configurações de segurança deste site bloqueiam a ferramenta de envio. Fale com seu administrador.',
}

// Without a document, as when a page is rendered on a server, there is nothing to guard.
globalThis.document?.addEventListener('securitypolicyviolation', ({ effectiveDirective, sample, disposition }) => {
  if (effectiveDirective !== 'trusted-types' || disposition !== 'enforce' || !sample.startsWith('lit-html')) return
  console.error("media-upload: this page's Content-Security-Policy lacks the names of our policies. Allow: trusted-types lit-html mediarelay")
  for (const element of document.querySelectorAll<HTMLElement>('media-upload:not(:defined)')) element.textContent = textFor(element)
})

function textFor(element: HTMLElement): string {
  const language = element.closest<HTMLElement>('[lang]')?.lang || navigator.language
  return texts[language.slice(0, 2).toLowerCase()] ?? texts['en'] ?? ''
}
