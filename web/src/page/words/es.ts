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
  linkDeclined: 'Abra de nuevo su propio enlace',
  linkDeclinedWhy: 'El enlace nuevo no se usó. Para continuar, abra su propio enlace o péguelo aquí. Sus cargas se reanudarán.',
  linkAsk: 'Pida un enlace nuevo a la persona que administra Mediarelay y ábralo.',
  linkMake: 'Si lo administra usted: {0} genera un token. Añádalo a la dirección de esta página como {1} o péguelo aquí.',
  linkPaste: 'Pegue su enlace nuevo o token',
  linkContinue: 'Continuar',
  linkValid: 'enlace válido por {time}',
  linkWithoutToken: 'Este texto no contiene ningún token. Copie el enlace completo, desde http.',
  linkExpiredToo: 'Este enlace también ha caducado. Pida uno nuevo.',

  signedIn: 'Canal {channel}, sesión de {subject}',
  switchTitle: 'Este enlace es de otra persona',
  switchFrom: 'Inició sesión como {subject} en el canal {channel}.',
  switchTo: 'El enlace es para {subject} en el canal {channel}.',
  switchWhy: 'Si cambia, sus cargas en curso se detienen y los archivos nuevos van al canal del enlace. Cambie solo si esperaba este enlace.',
  switchKeep: 'Mantener mi sesión',
  switchAccept: 'Cambiar',
  replaceFrom: 'En esta pestaña inició sesión con un enlace para otra persona u otro canal.',
  replaceWhy: 'Si usa este enlace, los archivos nuevos van a su canal y sus cargas sin terminar no se reanudan hasta que abra de nuevo su propio enlace. Úselo solo si lo esperaba.',
  replaceKeep: 'No usar este enlace',
  replaceAccept: 'Usar el enlace nuevo',

  purpose: '¿Para qué es el archivo?',
  message: 'Mensaje',
  template: 'Encabezado de plantilla',
  profile: 'Foto del perfil',
  givesMediaID: 'genera un ID multimedia',
  givesHandle: 'genera un handle',
  offer: 'Algunos archivos no son compatibles con lo que eligió. Solo puede enviarlos como mensaje.',
  offerAccept: 'Enviar solo como mensaje',

  limits: 'Qué admite WhatsApp',
  rejected: 'Los archivos que WhatsApp no entregaría se rechazan antes de subirlos. Verá cómo corregir el problema.',
}

export default words
