/**
 * Uploads that wait at other places of the site, such as another view of a page whose address has changed: they never
 * come here by themselves, since they may belong to another form. The person is told, and can resume them here.
 */
import type { ElsewhereFilter } from '../engine/engine.js'
import type { LabelName } from '../i18n/labels.js'
import type { Localization } from '../i18n/localization.js'
import type { Params } from '../i18n/messages.js'
import type { Session } from '../session/session.js'
import type { Notice } from './notice.js'

export interface ElsewherePort {
  readonly session: Session | undefined
  /** What the element accepts, and how many more files; undefined if it should offer none. */
  filter(): ElsewhereFilter | undefined
  announceLabel(label: LabelName, params: Params): void
  changed(): void
}

export class Elsewhere {
  readonly #port: ElsewherePort
  readonly #localization: Localization
  #count = 0

  constructor(localization: Localization, port: ElsewherePort) {
    this.#localization = localization
    this.#port = port
  }

  /** Looks for such uploads. Rejects if the engine cannot run. */
  async look(): Promise<void> {
    const filter = this.#port.filter()
    const { session } = this.#port
    if (filter === undefined || session === undefined) return
    const count = await session.countElsewhere(filter)
    if (count > 0) this.#port.announceLabel('waitsElsewhere', { count })
    this.#show(count)
  }

  notice(): Notice | undefined {
    const filter = this.#port.filter()
    if (this.#count === 0 || filter === undefined) return undefined
    const { texts } = this.#localization
    return {
      icon: 'upload',
      text: texts.label('waitsElsewhere', { count: this.#count }),
      action: texts.label('resumeHere'),
      act: () => void this.#resume(filter).catch(() => {}),
      dismiss: { text: texts.label('dismiss'), act: () => this.#show(0) },
    }
  }

  async #resume(filter: ElsewhereFilter): Promise<void> {
    this.#show(0)
    await this.#port.session?.restore(filter)
    await this.look()
  }

  #show(count: number): void {
    this.#count = count
    this.#port.changed()
  }
}
