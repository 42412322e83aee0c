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

  .notice > .icon {
    color: var(--_warn);
  }

  .notice p {
    flex: 1;
    min-inline-size: 0;
  }

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

  .name {
    display: flex;
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

  @keyframes appear {
    from {
      opacity: 0;
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
    background: color-mix(in oklab, var(--_tone) 8%, var(--_surface));
    --_tone: var(--_warn);
    font-size: 0.9333em;
    overflow-wrap: anywhere;
  }

  .item[data-tone='bad'] .verdict {
    --_tone: var(--_bad);
  }

  .reason + .reason,
  .fixes + .reason {
    margin-block-start: 8px;
  }

  .detail {
    color: var(--_muted);
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
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation: none !important;
      transition: none !important;
    }
  }

  @media (forced-colors: active) {
    .bar {
      background: Highlight;
      forced-color-adjust: none;
    }

    .progress {
      border: 1px solid CanvasText;
      block-size: 8px;
    }

    .button.primary {
      border-color: ButtonText;
    }
  }
`

export const styles = [tokens, buttons, dropzone, notices, list, progress, verdict, preferences]
