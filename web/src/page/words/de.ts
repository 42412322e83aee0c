/** The upload page in German. */
import type { PageWords } from '../page-words.js'

const words: PageWords = {
  title: 'Mediarelay: Medien für WhatsApp',
  sandboxName: 'Testumgebung',
  sandbox: 'Testumgebung:',
  sandboxMeaning: 'Dateien gehen an einen nachgebildeten Anbieter auf diesem Rechner; die IDs gelten bei WhatsApp nicht.',
  start: 'Mediarelay, Startseite',
  language: 'Sprache',
  heading: 'Medien für WhatsApp, bereit zum Versand',
  lead: 'Fügen Sie Fotos, Videos, Audio oder Dokumente hinzu. Jede Datei wird zuerst hier geprüft. So wissen Sie sofort, ob WhatsApp sie zustellt, und erhalten die ID, die Ihre Kampagne braucht.',

  linkNeeded: 'Sie brauchen einen neuen Link',
  linkNeededWhy: 'Diese Seite öffnet sich mit einem persönlichen Link, der eine begrenzte Zeit gilt.',
  linkExpired: 'Ihr Link ist abgelaufen',
  linkExpiredWhy: 'Links gelten eine begrenzte Zeit. Nichts ist verloren: Mit einem neuen gehen Ihre Uploads weiter, wo sie standen.',
  linkAsk: 'Bitten Sie die Person, die Mediarelay für Sie betreibt, um einen neuen Link, und öffnen Sie ihn.',
  linkMake: 'Wenn Sie es selbst betreiben: {0} gibt ein Token aus. Hängen Sie es als {1} an die Adresse dieser Seite, oder fügen Sie es hier ein.',
  linkPaste: 'Neuen Link oder Token einfügen',
  linkContinue: 'Weiter',
  linkValid: 'Link gilt noch {time}',
  linkWithoutToken: 'In diesem Text ist kein Token. Kopieren Sie den ganzen Link, von http bis zum Ende.',
  linkExpiredToo: 'Auch dieser Link ist abgelaufen. Bitten Sie um einen neuen.',

  purpose: 'Wofür ist es?',
  message: 'Nachricht',
  template: 'Kopfzeile einer Vorlage',
  profile: 'Profilbild',
  givesMediaID: 'ergibt eine Medien-ID',
  givesHandle: 'ergibt ein Handle',
  offer: 'Nicht jede Datei passt zu dieser Auswahl: Manche geht nur als Nachricht.',
  offerAccept: 'Nur als Nachricht senden',

  limits: 'Was WhatsApp annimmt',
  keptBack: 'Eine Datei, die nicht ankäme, wird schon vor dem Hochladen zurückgehalten, mit einem Hinweis, was zu tun ist.',
}

export default words
