/** The upload page in Brazilian Portuguese. */
import type { PageWords } from '../page-words.js'

const words: PageWords = {
  title: 'Mediarelay: mídia para o WhatsApp',
  sandboxName: 'Ambiente de teste',
  sandbox: 'Ambiente de teste:',
  sandboxMeaning: 'os arquivos vão para um provedor simulado nesta máquina; os IDs não funcionam no WhatsApp.',
  start: 'Mediarelay, início',
  language: 'Idioma',
  heading: 'Mídia para o WhatsApp, pronta para enviar',
  lead: 'Adicione fotos, vídeos, áudio ou documentos. Cada arquivo é verificado primeiro aqui: assim você sabe na hora se o WhatsApp vai entregá-lo e recebe o ID de que sua campanha precisa.',

  linkNeeded: 'Você precisa de um novo link',
  linkNeededWhy: 'Esta página abre com um link pessoal que vale por tempo limitado.',
  linkExpired: 'Seu link expirou',
  linkExpiredWhy: 'Os links valem por tempo limitado. Nada se perde: com um novo, seus envios continuam de onde pararam.',
  linkAsk: 'Peça um novo link a quem administra o Mediarelay para você e abra-o.',
  linkMake: 'Se você mesmo o administra: {0} gera um token. Coloque-o no fim do endereço desta página como {1} ou cole-o aqui.',
  linkPaste: 'Cole seu novo link ou token',
  linkContinue: 'Continuar',
  linkValid: 'link válido por {time}',
  linkWithoutToken: 'Não há token neste texto. Copie o link inteiro, de http até o fim.',
  linkExpiredToo: 'Este link também expirou. Peça um novo.',

  purpose: 'Para que é?',
  message: 'Mensagem',
  template: 'Cabeçalho de modelo',
  profile: 'Foto do perfil',
  givesMediaID: 'gera um ID de mídia',
  givesHandle: 'gera um handle',
  offer: 'Nem todos os arquivos servem para o que você escolheu: alguns só podem ir como mensagem.',
  offerAccept: 'Enviar apenas como mensagem',

  limits: 'O que o WhatsApp aceita',
  keptBack: 'Um arquivo que não chegaria é retido antes do envio, com uma indicação de como corrigi-lo.',
}

export default words
