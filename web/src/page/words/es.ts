/** The upload page in Spanish. */
import type { PageWords } from '../page-words.js'

const words: PageWords = {
  title: 'Mediarelay: contenido multimedia para WhatsApp',
  sandboxName: 'Entorno de prueba',
  sandbox: 'Entorno de prueba:',
  sandboxMeaning: 'los archivos van a un proveedor simulado en este equipo; los ID no funcionan en WhatsApp.',
  start: 'Mediarelay, inicio',
  language: 'Idioma',
  heading: 'Multimedia para WhatsApp, listo para enviar',
  lead: 'Añada fotos, videos, audio o documentos y obtenga el ID para su campaña. Cada archivo se revisa primero, para que sepa de inmediato si WhatsApp lo entregará.',

  linkNeeded: 'Necesita un enlace nuevo',
  linkNeededWhy: 'Esta página se abre con un enlace personal. Los enlaces son válidos por un tiempo limitado.',
  linkExpired: 'Su enlace ha caducado',
  linkExpiredWhy: 'Los enlaces son válidos por un tiempo limitado. Con uno nuevo, sus cargas se reanudan.',
  linkAsk: 'Pida un enlace nuevo a la persona que administra Mediarelay y ábralo.',
  linkMake: 'Si lo administra usted: {0} genera un token. Añádalo a la dirección de esta página como {1} o péguelo aquí.',
  linkPaste: 'Pegue su enlace nuevo o token',
  linkContinue: 'Continuar',
  linkValid: 'enlace válido por {time}',
  linkWithoutToken: 'Este texto no contiene ningún token. Copie el enlace completo, desde http.',
  linkExpiredToo: 'Este enlace también ha caducado. Pida uno nuevo.',

  purpose: '¿Para qué es el archivo?',
  message: 'Mensaje',
  template: 'Encabezado de plantilla',
  profile: 'Foto del perfil',
  givesMediaID: 'da un ID multimedia',
  givesHandle: 'da un handle',
  offer: 'Algunos archivos no son compatibles con lo que eligió. Solo puede enviarlos como mensaje.',
  offerAccept: 'Enviar solo como mensaje',

  limits: 'Qué admite WhatsApp',
  rejected: 'Los archivos que WhatsApp no entregaría se rechazan antes de subirlos. Verá cómo corregir el problema.',
}

export default words
