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
  lead: 'Adicione fotos, vídeos, áudio ou documentos e receba o ID para sua campanha. Cada arquivo é verificado primeiro, para você saber na hora se o WhatsApp vai entregá-lo.',

  linkNeeded: 'Você precisa de um novo link',
  linkNeededWhy: 'Esta página abre com um link pessoal. Os links são válidos por tempo limitado.',
  linkExpired: 'Seu link expirou',
  linkExpiredWhy: 'Os links são válidos por tempo limitado. Com um novo, seus envios são retomados.',
  linkDeclined: 'Abra seu próprio link de novo',
  linkDeclinedWhy: 'O novo link não foi usado. Para continuar, abra seu próprio link ou cole-o aqui. Seus envios serão retomados.',
  linkAsk: 'Peça um novo link à pessoa que administra o Mediarelay e abra-o.',
  linkMake: 'Se é você quem administra o Mediarelay: {0} gera um token. Adicione-o ao endereço desta página como {1} ou cole-o aqui.',
  linkPaste: 'Cole seu novo link ou token',
  linkContinue: 'Continuar',
  linkValid: 'link válido por {time}',
  linkWithoutToken: 'Este texto não contém um token. Copie o link inteiro, a partir de http.',
  linkExpiredToo: 'Este link também expirou. Peça um novo.',

  signedIn: 'Canal {channel}, sessão de {subject}',
  switchTitle: 'Este link é de outra pessoa',
  switchFrom: 'Você entrou como {subject} no canal {channel}.',
  switchTo: 'O link é para {subject} no canal {channel}.',
  switchWhy: 'Se você trocar, seus envios em andamento param e os novos arquivos vão para o canal do link. Troque somente se você esperava este link.',
  switchKeep: 'Continuar na minha sessão',
  switchAccept: 'Trocar',
  replaceFrom: 'Nesta aba, você entrou com um link para outra pessoa ou outro canal.',
  replaceWhy: 'Se você usar este link, os novos arquivos vão para o canal dele, e seus envios não concluídos só serão retomados quando você abrir seu próprio link de novo. Use-o somente se você o esperava.',
  replaceKeep: 'Não usar este link',
  replaceAccept: 'Usar o novo link',

  purpose: 'Para que é o arquivo?',
  message: 'Mensagem',
  template: 'Cabeçalho de modelo',
  profile: 'Foto do perfil',
  givesMediaID: 'gera um ID de mídia',
  givesHandle: 'gera um handle',
  offer: 'Alguns arquivos não servem para o que você escolheu. Você só pode enviá-los como mensagem.',
  offerAccept: 'Enviar apenas como mensagem',

  limits: 'O que o WhatsApp aceita',
  rejected: 'Arquivos que o WhatsApp não entregaria são recusados antes do envio. Você vê como corrigir o problema.',
}

export default words
