/** The looks of the list; its tokens, buttons and preferences are those of styles.ts. */
import { css } from 'lit'

const head = css`
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

  .count strong {
    font-weight: 600;
  }

  .muted {
    margin-inline-start: 6px;
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

const list = css`
  .list {
    display: grid;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    list-style: none;
    overflow: clip;
  }

  .item {
    display: grid;
    grid-template:
      'thumb text status actions' auto
      '.     more more   more' auto / 48px minmax(9rem, 1fr) auto auto;
    align-items: center;
    column-gap: 14px;
    padding: 14px 12px 14px 14px;
    animation: appear 220ms ease-out;
  }

  .item + .item {
    border-block-start: 1px solid var(--_border);
  }

  .thumb {
    grid-area: thumb;
    display: grid;
    place-items: center;
    inline-size: 48px;
    block-size: 48px;
    border-radius: calc(var(--_radius) * 0.65);
    background: var(--_hover);
    color: var(--_muted);
    font-size: 17px;
    overflow: clip;
  }

  .thumb img {
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    animation: appear 200ms ease-out;
  }

  .item[data-state='refused'] .thumb img {
    filter: grayscale(1);
    opacity: 0.65;
  }

  .text {
    grid-area: text;
    min-inline-size: 0;
  }

  /* As wide as its text: a name in another direction begins where its neighbours do. */
  .name {
    display: flex;
    inline-size: fit-content;
    max-inline-size: 100%;
    overflow: hidden;
    font-weight: 550;
    letter-spacing: -0.005em;
    white-space: pre;
  }

  .head {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .tail {
    flex: none;
  }

  .meta {
    overflow: hidden;
    color: var(--_muted);
    font-size: 0.8667em;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .status {
    grid-area: status;
    display: flex;
    align-items: center;
    gap: 6px;
    max-inline-size: 24rem;
    color: var(--_muted);
    font-size: 0.8667em;
    font-variant-numeric: tabular-nums;
  }

  .item[data-tone='good'] .status {
    color: var(--_good);
    font-weight: 550;
  }

  .item[data-tone='warn'] .status {
    color: var(--_warn);
  }

  .item[data-tone='bad'] .status {
    color: var(--_bad);
    font-weight: 550;
  }

  .actions {
    grid-area: actions;
    display: flex;
    align-items: center;
    gap: 2px;
  }

  .actions .button {
    margin-inline-end: 4px;
  }

  .more {
    grid-area: more;
    min-inline-size: 0;
    padding-inline-end: 6px;
  }

  @container (inline-size < 34rem) {
    .item {
      grid-template:
        'thumb text actions' auto
        'status status status' auto
        'more more more' auto / 44px minmax(0, 1fr) auto;
      column-gap: 12px;
      padding: 12px 8px 12px 12px;
    }

    /* A written-out step needs the line that the name would lose to it. */
    .item:has(.actions .button) {
      grid-template:
        'thumb text text' auto
        'status status actions' auto
        'more more more' auto / 44px minmax(0, 1fr) auto;
    }

    .item:has(.actions .button) .actions {
      margin-block-start: 6px;
    }

    .thumb {
      inline-size: 44px;
      block-size: 44px;
    }

    .status {
      margin-block-start: 8px;
    }

    .more {
      padding-inline-end: 4px;
    }
  }
`

const progress = css`
  .progress {
    position: relative;
    block-size: 4px;
    margin-block-start: 12px;
    border-radius: 2px;
    background: var(--_border);
    overflow: hidden;
  }

  .bar {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    border-radius: inherit;
    background: var(--_accent);
    transition: inline-size 200ms linear;
  }

  /* Bytes that left but are not acknowledged are shown, and shown as such. */
  .in-flight {
    opacity: 0.45;
  }

  .item[data-state='missing'] .bar,
  .item[data-state='paused'] .bar,
  .item[data-state='queued'] .bar {
    background: var(--_border-strong);
  }

  .item[data-state='waiting'] .bar {
    background: var(--_warn);
  }

  .item[data-state='verifying'] .progress::after,
  .item[data-state='relaying'] .progress::after {
    content: '';
    position: absolute;
    inset: 0;
    background: linear-gradient(90deg, transparent, color-mix(in oklab, var(--_surface) 65%, transparent), transparent);
    animation: sweep 1.4s ease-in-out infinite;
  }

  @keyframes sweep {
    from {
      translate: -100% 0;
    }

    to {
      translate: 100% 0;
    }
  }
`

const verdict = css`
  .verdict {
    margin-block-start: 10px;
    padding: 10px 14px;
    border-radius: calc(var(--_radius) * 0.7);
    background: color-mix(in oklab, var(--_tone) 10%, var(--_surface));
    --_tone: var(--_warn);
    font-size: 0.9333em;
    overflow-wrap: anywhere;
  }

  .item[data-tone='bad'] .verdict {
    --_tone: var(--_bad);
  }

  .note {
    margin-block-start: 8px;
    color: var(--_muted);
    font-size: 0.8667em;
  }

  .foot {
    margin-block: -4px 0;
    padding-inline: 4px;
  }

  .note + .note {
    margin-block-start: 2px;
  }

  .reason + .reason,
  .fixes + .reason {
    margin-block-start: 8px;
  }

  .verdict + .verdict {
    margin-block-start: 6px;
  }

  /* Nothing that a person at this page must do: calmer than a verdict. */
  .trouble {
    --_tone: var(--_muted);
  }

  .details {
    margin-block-start: 4px;
    color: var(--_muted);
    font-size: 0.9286em;
  }

  .details summary {
    inline-size: fit-content;
    min-block-size: 24px;
    border-radius: 4px;
    cursor: pointer;
  }

  .details summary:hover {
    color: var(--_text);
  }

  .details summary:focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }

  .fixes {
    margin-block-start: 4px;
    list-style: none;
  }

  .fix {
    position: relative;
    padding-inline-start: 18px;
    color: var(--_muted);
  }

  .fix::before {
    content: '→' / '';
    position: absolute;
    inset-inline-start: 0;
    color: var(--_tone);
  }

  .fix:dir(rtl)::before {
    content: '←' / '';
  }

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
    overflow: hidden;
    font-family: var(--_mono);
    font-size: 0.9333em;
    font-weight: 550;
    text-align: start;
    text-overflow: ellipsis;
    user-select: all;
    white-space: nowrap;
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

const preferences = css`
  @media (forced-colors: active) {
    .bar {
      background: Highlight;
      forced-color-adjust: none;
    }

    .progress {
      border: 1px solid CanvasText;
      block-size: 8px;
    }
  }
`

export const listStyles = [head, list, progress, verdict, preferences]
