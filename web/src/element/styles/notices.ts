/** The bars above the list that say something about all files. */
import { css } from 'lit'

export const notices = css`
  .notice {
    display: flex;
    flex-wrap: wrap;
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

  .notice .button {
    margin-inline-start: auto;
  }

  .notice p {
    flex: 1 1 min(12rem, 70%);
    min-inline-size: 0;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
`
