/** The upload page in German. */
import type { PageWords } from '../page-words.js'

const words: PageWords = {
  title: 'Mediarelay: Medien für WhatsApp',
  sandboxName: 'Testumgebung',
  sandbox: 'Testumgebung:',
  sandboxMeaning: 'Dateien gehen an einen simulierten Anbieter auf diesem Rechner; die IDs funktionieren nicht bei WhatsApp.',
  start: 'Mediarelay, Startseite',
  language: 'Sprache',
  heading: 'Medien für WhatsApp, bereit zum Versand',
  lead: 'Fügen Sie Fotos, Videos, Audio oder Dokumente hinzu und erhalten Sie die ID für Ihre Kampagne. Jede Datei wird zuerst geprüft, damit Sie sofort wissen, ob WhatsApp sie zustellt.',

  linkNeeded: 'Sie brauchen einen neuen Link',
  linkNeededWhy: 'Diese Seite öffnen Sie mit einem persönlichen Link. Links sind nur für begrenzte Zeit gültig.',
  linkExpired: 'Ihr Link ist abgelaufen',
  linkExpiredWhy: 'Links sind nur für begrenzte Zeit gültig. Mit einem neuen Link werden Ihre Uploads fortgesetzt.',
  linkDeclined: 'Öffnen Sie Ihren eigenen Link erneut',
  linkDeclinedWhy: 'Der neue Link wurde nicht verwendet. Öffnen Sie Ihren eigenen Link oder fügen Sie ihn hier ein. Dann werden Ihre Uploads fortgesetzt.',
  linkAsk: 'Bitten Sie die Person, die Mediarelay betreibt, um einen neuen Link, und öffnen Sie ihn.',
  linkMake: 'Wenn Sie es selbst betreiben: {0} gibt ein Token aus. Hängen Sie es als {1} an die Adresse dieser Seite an oder fügen Sie es hier ein.',
  linkPaste: 'Neuen Link oder Token einfügen',
  linkContinue: 'Weiter',
  linkValid: 'Link gilt noch {time}',
  linkWithoutToken: 'Dieser Text enthält kein Token. Kopieren Sie den ganzen Link, beginnend mit http.',
  linkExpiredToo: 'Auch dieser Link ist abgelaufen. Bitten Sie um einen neuen.',

  signedIn: 'Kanal {channel}, angemeldet als {subject}',
  switchTitle: 'Dieser Link gehört jemand anderem',
  switchFrom: 'Sie sind als {subject} im Kanal {channel} angemeldet.',
  switchTo: 'Der Link ist für {subject} im Kanal {channel}.',
  switchWhy: 'Wenn Sie wechseln, werden Ihre laufenden Uploads beendet, und neue Dateien gehen an den Kanal des Links. Wechseln Sie nur, wenn Sie diesen Link erwartet haben.',
  switchKeep: 'Angemeldet bleiben',
  switchAccept: 'Wechseln',
  replaceFrom: 'In diesem Tab waren Sie mit einem Link für eine andere Person oder einen anderen Kanal angemeldet.',
  replaceWhy: 'Wenn Sie diesen Link verwenden, gehen neue Dateien an seinen Kanal, und Ihre unfertigen Uploads werden erst fortgesetzt, wenn Sie Ihren eigenen Link wieder öffnen. Verwenden Sie ihn nur, wenn Sie ihn erwartet haben.',
  replaceKeep: 'Diesen Link nicht verwenden',
  replaceAccept: 'Neuen Link verwenden',

  purpose: 'Wofür ist die Datei gedacht?',
  message: 'Nachricht',
  template: 'Kopfzeile einer Vorlage',
  profile: 'Profilbild',
  givesMediaID: 'liefert eine Medien-ID',
  givesHandle: 'liefert ein Handle',
  offer: 'Einige Dateien passen nicht zu Ihrer Auswahl. Sie können sie nur als Nachricht senden.',
  offerAccept: 'Nur als Nachricht senden',

  limits: 'Was WhatsApp unterstützt',
  rejected: 'Dateien, die WhatsApp nicht zustellen würde, werden vor dem Hochladen abgelehnt. Sie erfahren dann, wie Sie das Problem beheben.',
}

export default words
