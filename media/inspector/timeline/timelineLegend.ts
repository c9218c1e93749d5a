import { html, type TemplateResult } from 'lit';
import { type Margin, paintMargin } from './keepAliveMargin';
import {
  paintConnectionBar,
  paintHandshakeBar,
  paintMark,
  type TimelineColors,
  type TimelineContext,
} from './timelineShapes';

/** CSS pixels of a sample. */
const width = 22;
const height = 16;
const bar = { left: 2, top: 3, width: width - 4, height: 10 } as const;
const middle = { x: width / 2, y: height / 2 } as const;

type PaintSample = (context: TimelineContext, colors: TimelineColors) => void;

const connection =
  (refused: boolean, end: 'onPurpose' | 'unexpected'): PaintSample =>
  (context, colors) =>
    paintConnectionBar(context, bar, { refused, end }, colors);
const handshake =
  (outcome: Parameters<typeof paintHandshakeBar>[1]): PaintSample =>
  (context, colors) =>
    paintHandshakeBar(context, outcome, bar, colors);
const mark =
  (kind: Parameters<typeof paintMark>[1]): PaintSample =>
  (context, colors) =>
    paintMark(context, kind, middle, colors);

const margin =
  (kind: Margin): PaintSample =>
  (context, colors) => {
    connection(false, 'onPurpose')(context, colors);
    paintMargin(context, kind, { left: bar.left, bottom: bar.top + bar.height, width: bar.width }, colors);
  };

const inFlight: PaintSample = (context, colors) => {
  context.fillStyle = colors.flight;
  context.globalAlpha = colors.contrast === undefined ? 0.5 : 1;
  for (const [step, tall] of [4, 10, 7].entries()) context.fillRect(2 + step * 6, 14 - tall, 6, tall);
  context.globalAlpha = 1;
};

/** What the picture's shapes and colours say, each drawn as the picture does. */
const entries: readonly (readonly [text: string, paint: PaintSample])[] = [
  ['Connection', connection(false, 'onPurpose')],
  ['Ended without a DISCONNECT of the client', connection(false, 'unexpected')],
  ['Refused', connection(true, 'onPurpose')],
  ['Silent for nearly as long as its Keep Alive allows', margin('near')],
  ['Silent for longer than its Keep Alive allows', margin('missed')],
  ['Handshake', handshake('complete')],
  ['Waiting', handshake('waiting')],
  ['Refused or never answered', handshake('unanswered')],
  ['In flight', inFlight],
  ['Violation or refusal', mark('violation')],
  ['Will published, or session taken over', mark('takeover')],
];

export function timelineLegend(open: boolean): TemplateResult {
  return html`<details class="timeline-legend" ?open=${open}>
    <summary>Legend</summary>
    <ul aria-label="Legend">
      ${entries.map(
        ([text]) =>
          html`<li><canvas class="timeline-sample" aria-hidden="true"></canvas><span>${text}</span></li>`,
      )}
    </ul>
  </details>`;
}

/** Draws the samples of a legend in the colours of the theme. */
export function paintLegend(legend: Element, colors: TimelineColors): void {
  const ratio = window.devicePixelRatio;
  for (const [index, canvas] of legend.querySelectorAll<HTMLCanvasElement>('.timeline-sample').entries()) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d');
    if (!context) continue;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    entries[index]?.[1](context, colors);
  }
}
