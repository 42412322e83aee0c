/**
 * The custom properties that every other style uses, and the defaults of all elements. Colours follow the page's
 * `color-scheme`. Every value that a page may want to change is a `--media-upload-*` property. Logical properties
 * mirror the layout for right-to-left scripts.
 */
import { css } from 'lit'

export const base = css`
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

  /*
   * Everything that the page's text styles would pass on, apart from the font family. They may reset the element
   * itself, so nothing of this is set on the host.
   */
  .base {
    color: var(--_text);
    -webkit-text-fill-color: currentcolor;
    -webkit-text-stroke: 0;
    font-family: var(--_font);
    font-size: var(--media-upload-font-size, 0.9375rem);
    font-style: normal;
    font-weight: 400;
    font-stretch: normal;
    font-variant: normal;
    font-feature-settings: normal;
    font-variation-settings: normal;
    font-size-adjust: none;
    line-height: 1.45;
    letter-spacing: normal;
    word-spacing: normal;
    text-align: left;
    text-align-last: auto;
    text-indent: 0;
    text-shadow: none;
    text-transform: none;
    text-emphasis: none;
    white-space: normal;
    text-wrap: wrap;
    word-break: normal;
    overflow-wrap: normal;
    line-break: auto;
    hyphens: manual;
    tab-size: 8;
    writing-mode: horizontal-tb;
    text-orientation: mixed;
    list-style: none;
    cursor: auto;
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
  }

  /* Not start, which is that of the words wherever unicode-bidi is plaintext. */
  .base:dir(rtl) {
    text-align: right;
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

  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation: none !important;
      transition: none !important;
    }
  }
`
