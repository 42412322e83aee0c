/** What a row says below its status: notes, reasons, fixes and problems on the server. */
import { css } from 'lit'

export const verdict = css`
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
    overflow-wrap: anywhere;
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

  /* Needs no action of the person, so it is less prominent than a verdict. */
  .problem {
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
`
