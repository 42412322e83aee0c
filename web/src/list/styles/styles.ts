/** The style sheets of the list, loaded with it. They use the custom properties and buttons of element/styles. */
import { progress } from './progress.js'
import { results } from './results.js'
import { rows } from './rows.js'
import { summary } from './summary.js'
import { verdict } from './verdict.js'

export const listStyles = [summary, rows, progress, verdict, results]
