/** A row's progress bar: acknowledged bytes, and behind them those in flight. It stays visible with forced colours. */
import { css } from 'lit'

export const progress = css`
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

  /* Bytes in flight are paler than acknowledged ones. */
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
