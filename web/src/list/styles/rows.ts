/** Rows: thumbnail, name, status and actions. In a narrow element the status takes a line of its own. */
import { css } from 'lit'

export const rows = css`
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
    padding: 14px;
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

  /* As wide as its text, so that a right-to-left name starts at the same edge as the others. */
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

  .status span {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  .together {
    white-space: nowrap;
  }

  /* Words and names of one direction stay readable in a layout of the other. */
  .meta,
  .status span,
  .more p,
  .reason,
  .fix,
  .details,
  .expiry {
    unicode-bidi: plaintext;
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
    /* The last icon, not the edge of its invisible button, ends where the texts end. */
    margin-inline-end: -4px;
  }

  .actions .button {
    margin-inline-end: 4px;
  }

  .more {
    grid-area: more;
    min-inline-size: 0;
  }

  @container (inline-size < 34rem) {
    .item {
      grid-template:
        'thumb text actions' auto
        'status status status' auto
        'more more more' auto / 44px minmax(0, 1fr) auto;
      column-gap: 12px;
      padding: 12px;
    }

    /* A text button would take most of the name's line, so it gets a place on the next one. */
    .item:has(.actions .button) {
      grid-template:
        'thumb text text' auto
        'status status actions' auto
        'more more more' auto / 44px minmax(0, 1fr) auto;
    }

    /* Why an upload waits, or that it has a warning, needs a line of its own. */
    .item[data-tone='warn']:has(.actions .button) {
      grid-template:
        'thumb text text' auto
        'status status status' auto
        'actions actions actions' auto
        'more more more' auto / 44px minmax(0, 1fr) auto;
    }

    .item:has(.actions .button) .actions {
      justify-content: flex-end;
      margin-block-start: 6px;
    }

    .meta {
      white-space: normal;
    }

    .thumb {
      inline-size: 44px;
      block-size: 44px;
    }

    .status {
      margin-block-start: 8px;
    }
  }
`
