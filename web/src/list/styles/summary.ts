/** The line above the rows: how many files there are, and the actions for all of them. */
import { css } from 'lit'

export const summary = css`
  .summary {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
    min-block-size: var(--_control);
    margin-block: 4px -6px;
    padding-inline: 4px 0;
  }

  .count,
  .foot {
    unicode-bidi: plaintext;
  }

  .count strong {
    font-weight: 600;
  }

  .muted {
    margin-inline: 4px;
    color: var(--_muted);
  }

  .all-actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    margin-inline-start: auto;
  }
`
