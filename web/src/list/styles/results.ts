/** The media ID and the handle of a finished file. */
import { css } from 'lit'

export const results = css`
  .results {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr));
    gap: 8px;
    margin-block-start: 12px;
  }

  .results:empty {
    display: none;
  }

  .result {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    min-inline-size: 0;
    padding: 10px 10px 10px 14px;
    border: 1px solid var(--_border);
    border-radius: calc(var(--_radius) * 0.8);
    background: var(--_subtle);
  }

  .result-text {
    display: grid;
    min-inline-size: 0;
  }

  .result-label,
  .expiry {
    color: var(--_muted);
    font-size: 0.8em;
  }

  .expired {
    color: var(--_warn);
  }

  .value {
    font-family: var(--_mono);
    font-size: 0.9333em;
    font-weight: 550;
    text-align: inherit;
    user-select: all;
    overflow-wrap: anywhere;
  }

  .copy {
    flex: none;
    background: var(--_surface);
  }

  .copy[data-copied] {
    border-color: color-mix(in oklab, var(--_good) 45%, var(--_surface));
    color: var(--_good);
  }
`
