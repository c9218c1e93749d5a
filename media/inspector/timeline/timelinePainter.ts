import type {
  TimelineConnection,
  TimelineHandshake,
  TimelineLane,
} from '../../../src/inspector/analysisContract';
import { paintMargin, shortMargin } from './keepAliveMargin';
import {
  paintConnectionBar,
  paintHandshakeBar,
  paintMark,
  type TimelineColors,
  type TimelineContext as Context,
} from './timelineShapes';
import { lengthOf, ticks, tickText, type TimeRange } from './timeScale';

/** Pixels. A lane has a row for connections, one for handshakes, and one for what is in flight. */
export const laneHeight = 64;
export const axisHeight = 22;
const connectionTop = 6;
const connectionHeight = 14;
const handshakeTop = 24;
const handshakeHeight = 10;
const flightTop = 38;
const flightHeight = 20;

export interface TimelinePicture {
  readonly range: TimeRange;
  readonly lanes: readonly TimelineLane[];
  /** Pixels that the lanes are scrolled by. */
  readonly scrolled: number;
  /** The time of the newest packet: connections that are open end there. */
  readonly now: number;
  readonly selectedLane: number;
  readonly selectedItem: { readonly start: number; readonly end: number; readonly kind: string } | undefined;
  readonly selectedRange: TimeRange | undefined;
}

/** Draws what is in sight, in CSS pixels. */
export function paintTimeline(
  context: Context,
  width: number,
  height: number,
  picture: TimelinePicture,
  colors: TimelineColors,
): void {
  const { range, lanes, scrolled, selectedRange } = picture;
  context.clearRect(0, 0, width, height);
  context.font = colors.font;
  context.textBaseline = 'middle';
  const x = (at: number): number => ((at - range.from) / lengthOf(range)) * width;
  if (selectedRange) {
    context.fillStyle = colors.selection;
    const left = x(selectedRange.from);
    context.fillRect(left, 0, Math.max(1, x(selectedRange.to) - left), height);
  }
  paintAxis(context, width, height, range, colors);
  context.save();
  context.beginPath();
  context.rect(0, axisHeight, width, height - axisHeight);
  context.clip();
  const first = Math.max(0, Math.floor(scrolled / laneHeight));
  const last = Math.min(lanes.length - 1, Math.floor((scrolled + height - axisHeight) / laneHeight));
  for (let index = first; index <= last; index++) {
    const lane = lanes[index];
    if (!lane) continue;
    context.save();
    context.translate(0, axisHeight + index * laneHeight - scrolled);
    paintLane(context, width, lane, x, picture, colors, index);
    context.restore();
  }
  context.restore();
}

function paintAxis(
  context: Context,
  width: number,
  height: number,
  range: TimeRange,
  colors: TimelineColors,
): void {
  const { at, step } = ticks(range, Math.max(1, Math.floor(width / 130)));
  context.lineWidth = 1;
  for (const time of at) {
    const left = Math.round(((time - range.from) / lengthOf(range)) * width) + 0.5;
    context.strokeStyle = colors.dim;
    context.globalAlpha = colors.contrast === undefined ? 0.3 : 0.6;
    context.beginPath();
    context.moveTo(left, axisHeight - 6);
    context.lineTo(left, height);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = colors.dim;
    // Half a time tells nothing.
    const text = tickText(time, step);
    if (left + 4 + context.measureText(text).width <= width) context.fillText(text, left + 4, axisHeight / 2);
  }
}

function paintLane(
  context: Context,
  width: number,
  lane: TimelineLane,
  x: (at: number) => number,
  { now, selectedLane, selectedItem }: TimelinePicture,
  colors: TimelineColors,
  index: number,
): void {
  context.strokeStyle = colors.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, laneHeight - 0.5);
  context.lineTo(width, laneHeight - 0.5);
  context.stroke();
  paintInFlight(context, width, lane.inFlight, colors);
  for (const connection of lane.connections) paintConnection(context, width, connection, x, now, colors);
  // What failed may have waited as long as its connection lasted: it would cover the others.
  for (const failed of [true, false])
    for (const handshake of lane.handshakes)
      if ((handshake.outcome !== 'complete') === failed) paintHandshake(context, handshake, x, colors);
  for (const { at, kind } of lane.marks)
    paintMark(context, kind, { x: x(at), y: connectionTop + connectionHeight / 2 }, colors);
  if (index !== selectedLane || !selectedItem) return;
  const [top, tall] =
    selectedItem.kind === 'handshake' ? [handshakeTop, handshakeHeight] : [connectionTop, connectionHeight];
  const left = x(selectedItem.start);
  context.strokeStyle = colors.focus;
  context.lineWidth = 2;
  context.strokeRect(left - 3, top - 2, Math.max(6, x(selectedItem.end) - left + 6), tall + 4);
}

function paintConnection(
  context: Context,
  width: number,
  connection: TimelineConnection,
  x: (at: number) => number,
  now: number,
  colors: TimelineColors,
): void {
  const { start, end, connack, disconnect, takenOverBy } = connection;
  const left = Math.max(-4, x(start.at));
  const right = Math.min(width + 4, x(end?.at ?? now));
  // Who left on purpose ends in the colour of the rest.
  const onPurpose = disconnect?.by === 'client' && !takenOverBy;
  paintConnectionBar(
    context,
    { left, top: connectionTop, width: Math.max(1, right - left), height: connectionHeight },
    {
      refused: connack !== undefined && connack.reasonCode !== 0,
      end: end ? (onPurpose ? 'onPurpose' : 'unexpected') : undefined,
    },
    colors,
  );
  const short = shortMargin(connection);
  if (!short) return;
  const [from, to] = [Math.max(-4, x(short.from)), Math.min(width + 4, x(short.to))];
  if (to < from) return;
  const bottom = connectionTop + connectionHeight;
  paintMargin(context, short.margin, { left: from, bottom, width: to - from }, colors);
}

function paintHandshake(
  context: Context,
  { start, end, outcome }: TimelineHandshake,
  x: (at: number) => number,
  colors: TimelineColors,
): void {
  const left = x(start);
  const width = Math.max(1.5, x(end) - left);
  paintHandshakeBar(context, outcome, { left, top: handshakeTop, width, height: handshakeHeight }, colors);
}

function paintInFlight(
  context: Context,
  width: number,
  inFlight: readonly number[],
  colors: TimelineColors,
): void {
  const most = inFlight.reduce((a, b) => Math.max(a, b), 0);
  if (most === 0) return;
  context.fillStyle = colors.flight;
  context.globalAlpha = colors.contrast === undefined ? 0.5 : 1;
  const column = width / inFlight.length;
  for (const [index, count] of inFlight.entries()) {
    const tall = (count / most) * flightHeight;
    if (count > 0) context.fillRect(index * column, flightTop + flightHeight - tall, Math.ceil(column), tall);
  }
  context.globalAlpha = 1;
}

/** What is at a height of a lane: connections and marks, handshakes, or neither. */
export function rowAt(y: number): 'connection' | 'handshake' | undefined {
  if (y >= connectionTop - 3 && y <= connectionTop + connectionHeight + 2) return 'connection';
  return y >= handshakeTop - 2 && y <= handshakeTop + handshakeHeight + 3 ? 'handshake' : undefined;
}
