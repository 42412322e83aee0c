/**
 * The element's looks, as constructed style sheets. Colours follow the page's
 * `color-scheme`; every value that a page may want to change is a
 * `--media-upload-*` token; logical properties mirror for right-to-left scripts.
 */
import { css } from 'lit'

const tokens = css`
  :host {
    --_accent: var(--media-upload-accent, light-dark(#0b6e5f, #3fd0b6));
    --_on-accent: var(--media-upload-on-accent, light-dark(#fff, #04201b));
    --_text: var(--media-upload-text, light-dark(#17211f, #edf2f0));
    --_muted: var(--media-upload-text-muted, light-dark(#5a6663, #9ba8a4));
    --_surface: var(--media-upload-surface, light-dark(#fff, #141a19));
    --_subtle: var(--media-upload-surface-subtle, light-dark(#f5f8f7, #1b2322));
    --_hover: var(--media-upload-surface-hover, light-dark(#eaf0ee, #26302e));
    --_border: var(--media-upload-border, light-dark(#e0e7e4, #2a3533));
    --_border-strong: var(--media-upload-border-strong, light-dark(#86958f, #6d7c77));
    --_good: var(--media-upload-success, light-dark(#12703b, #5fd392));
    --_warn: var(--media-upload-warning, light-dark(#8a5300, #f2b95c));
    --_bad: var(--media-upload-danger, light-dark(#b3261e, #ff9d94));
    --_focus: var(--media-upload-focus, var(--_accent));
    --_radius: var(--media-upload-radius, 14px);
    --_font: var(--media-upload-font, inherit);
    --_mono: var(--media-upload-font-mono, ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace);
    --_control: 32px;

    display: block;
    color: var(--_text);
    font-family: var(--_font);
    font-size: var(--media-upload-font-size, 0.9375rem);
    line-height: 1.45;
    text-align: start;
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
  }

  :host([hidden]) {
    display: none;
  }

  @media (pointer: coarse) {
    :host {
      --_control: 44px;
    }
  }

  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }

  [hidden] {
    display: none !important;
  }

  p,
  ul {
    margin: 0;
    padding: 0;
  }

  .base[aria-busy] {
    visibility: hidden;
  }

  .base {
    display: grid;
    gap: 16px;
    min-inline-size: 0;
    container-type: inline-size;
  }

  .icon {
    display: block;
    flex: none;
    inline-size: 1.25em;
    block-size: 1.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    padding: 0;
    overflow: hidden;
    clip-path: inset(50%);
    border: 0;
    white-space: nowrap;
  }

  :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }
`

const buttons = css`
  button {
    font: inherit;
    color: inherit;
    margin: 0;
    cursor: pointer;
    touch-action: manipulation;
  }

  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-block-size: max(40px, var(--_control));
    padding: 6px 18px;
    border: 1px solid var(--_border-strong);
    border-radius: calc(var(--_radius) * 0.7);
    background: var(--_surface);
    font-weight: 550;
    white-space: nowrap;
    transition: background-color 120ms, border-color 120ms, scale 120ms;
  }

  .button.small {
    min-block-size: var(--_control);
    padding: 3px 12px;
    border-color: var(--_border);
    border-radius: calc(var(--_radius) * 0.6);
    font-size: 0.8667em;
  }

  .button.primary {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .button.quiet {
    border-color: transparent;
    background: transparent;
    color: var(--_muted);
  }

  .icon-button {
    display: inline-grid;
    place-items: center;
    inline-size: var(--_control);
    block-size: var(--_control);
    padding: 0;
    border: 1px solid transparent;
    border-radius: calc(var(--_radius) * 0.6);
    background: transparent;
    color: var(--_muted);
    transition: background-color 120ms, color 120ms, scale 120ms;
  }

  @media (hover: hover) {
    .button:hover,
    .icon-button:hover {
      background: var(--_hover);
      color: var(--_text);
    }

    .button.primary:hover {
      background: color-mix(in oklab, var(--_accent), var(--_text) 14%);
      color: var(--_on-accent);
    }
  }

  .button:active,
  .icon-button:active {
    scale: 0.97;
  }

  button:disabled {
    opacity: 0.5;
    cursor: not-allowed;
  }
`

const dropzone = css`
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
    text-align: start;
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

const notices = css`
  .notice {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 10px 14px;
    border: 1px solid color-mix(in oklab, var(--_warn) 35%, var(--_surface));
    border-radius: calc(var(--_radius) * 0.8);
    background: color-mix(in oklab, var(--_warn) 9%, var(--_surface));
    animation: appear 200ms ease-out;
  }

  @keyframes appear {
    from {
      opacity: 0;
    }
  }

  .notice > .icon {
    color: var(--_warn);
  }

  .notice p {
    flex: 1;
    min-inline-size: 0;
  }
`

const preferences = css`
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation: none !important;
      transition: none !important;
    }
  }

  @media (forced-colors: active) {
    .button.primary {
      border-color: ButtonText;
    }
  }
`

export const styles = [tokens, buttons, dropzone, notices, preferences]
