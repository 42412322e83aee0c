/** Forced colours. */
import { css } from 'lit'

export const preferences = css`
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
