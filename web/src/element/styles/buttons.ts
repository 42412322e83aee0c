/** Buttons: with text, and with an icon alone. */
import { css } from 'lit'

export const buttons = css`
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

  @media (forced-colors: active) {
    .button.primary {
      border-color: ButtonText;
    }
  }
`
