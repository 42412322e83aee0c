// A portal that wants a verdict alone, with the package's files as they are.
import { check, sentences } from './dist/check.js'

window.check = check
window.sentences = sentences
