/** The place where files are dropped: large while the list is empty, one line (`data-compact`) above a list. */
import { css } from 'lit'

export const dropzone = css`
  .dropzone {
    position: relative;
    display: grid;
    justify-items: center;
    gap: 14px;
    padding: 40px 24px 32px;
    border: 1.5px dashed var(--_border-strong);
    border-radius: var(--_radius);
    background: var(--_subtle);
    text-align: center;
    cursor: pointer;
    transition: border-color 160ms, background-color 160ms;
  }

  .glyph {
    display: grid;
    place-items: center;
    inline-size: 48px;
    block-size: 48px;
    border-radius: 50%;
    background: color-mix(in oklab, var(--_accent) 13%, var(--_surface));
    color: var(--_accent);
    font-size: 18px;
    transition: translate 200ms cubic-bezier(0.2, 0.8, 0.2, 1);
  }

  .title,
  .subtitle,
  .hint {
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }

  .title {
    font-size: 1.0667em;
    font-weight: 600;
    letter-spacing: -0.01em;
  }

  .subtitle,
  .hint {
    color: var(--_muted);
    font-size: 0.9em;
  }

  .subtitle {
    margin-block-start: 2px;
  }

  .dropzone[data-compact] {
    grid-template-columns: auto minmax(0, auto) auto;
    align-items: center;
    justify-content: center;
    gap: 12px;
    padding: 12px 16px;
    text-align: inherit;
  }

  .dropzone[data-compact] .glyph {
    inline-size: 32px;
    block-size: 32px;
    font-size: 14px;
  }

  .dropzone[data-compact] .title {
    font-size: 1em;
    font-weight: 500;
  }

  .dropzone[data-compact] .button {
    min-block-size: max(36px, var(--_control));
    padding-inline: 14px;
  }

  @media (hover: hover) {
    .dropzone:hover {
      border-color: var(--_accent);
    }
  }

  :host(:state(dragging)) .dropzone {
    border-color: var(--_accent);
    border-style: solid;
    background: color-mix(in oklab, var(--_accent) 9%, var(--_surface));
  }

  :host(:state(dragging)) .glyph {
    translate: 0 -3px;
  }

  :host(:state(dragging)) .subtitle {
    visibility: hidden;
  }

  @container (inline-size < 34rem) {
    .dropzone[data-compact] {
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 8px;
      padding: 10px 12px;
    }

    .dropzone[data-compact] .glyph {
      display: none;
    }
  }

  :host([disabled]) .dropzone,
  :host(:disabled) .dropzone {
    cursor: not-allowed;
    opacity: 0.6;
  }
`
