/** The upload page in Spanish. */
import type { PageWords } from '../page-words.js'

const words: PageWords = {
  title: 'Mediarelay: contenido multimedia para WhatsApp',
  sandboxName: 'Entorno de prueba',
  sandbox: 'Entorno de prueba:',
  sandboxMeaning: 'los archivos van a un proveedor simulado en este equipo; los ID no sirven en WhatsApp.',
  start: 'Mediarelay, inicio',
  language: 'Idioma',
  heading: 'Multimedia para WhatsApp, listo para enviar',
  lead: 'Añada fotos, videos, audio o documentos. Cada archivo se revisa primero aquí: así sabe de inmediato si WhatsApp lo entregará, y recibe el ID que necesita su campaña.',

  linkNeeded: 'Necesita un enlace nuevo',
  linkNeededWhy: 'Esta página se abre con un enlace personal que es válido por un tiempo limitado.',
  linkExpired: 'Su enlace ha caducado',
  linkExpiredWhy: 'Los enlaces son válidos por un tiempo limitado. No se pierde nada: con uno nuevo, sus cargas siguen donde se detuvieron.',
  linkAsk: 'Pida un enlace nuevo a quien administra Mediarelay para usted y ábralo.',
  linkMake: 'Si lo administra usted: {0} genera un token. Póngalo al final de la dirección de esta página como {1}, o péguelo aquí.',
  linkPaste: 'Pegue su enlace nuevo o token',
  linkContinue: 'Continuar',
  linkValid: 'enlace válido por {time}',
  linkWithoutToken: 'En este texto no hay ningún token. Copie el enlace completo, desde http hasta el final.',
  linkExpiredToo: 'Este enlace también ha caducado. Pida uno nuevo.',

  purpose: '¿Para qué es?',
  message: 'Mensaje',
  template: 'Encabezado de plantilla',
  profile: 'Foto del perfil',
  givesMediaID: 'da un ID multimedia',
  givesHandle: 'da un handle',
  offer: 'No todos los archivos sirven para lo que eligió: algunos solo pueden ir como mensaje.',
  offerAccept: 'Enviar solo como mensaje',

  limits: 'Qué acepta WhatsApp',
  keptBack: 'Un archivo que no llegaría se retiene antes de subirlo, con una indicación de cómo arreglarlo.',
}

export default words
