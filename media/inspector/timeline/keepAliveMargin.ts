import type { TimelineConnection } from '../../../src/inspector/analysisContract';
import type { TimelineColors, TimelineContext } from './timelineShapes';

/** A server ends a connection that is silent for one and a half times its Keep Alive (3.1.2.10). */
const allowance = 1.5;
/** From this part of it on a pause that is a little longer ends the connection; who sends PINGREQ in time needs two thirds. */
const near = 0.8;

/** `near`: the client kept to its Keep Alive by little. */
export type Margin = 'near' | 'missed';

/** The longest time that a client was silent, where the Keep Alive left little of it or nothing. */
export interface ShortMargin {
  readonly margin: Margin;
  /** In milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
}

/** Milliseconds that a client may be silent. */
export function allowedSilence(keepAlive: number): number {
  return keepAlive * allowance * 1_000;
}

export function shortMargin({ keepAlive, longestSilence }: TimelineConnection): ShortMargin | undefined {
  if (!keepAlive || !longestSilence) return undefined;
  const { milliseconds, at: to } = longestSilence;
  const share = milliseconds / allowedSilence(keepAlive);
  if (share < near) return undefined;
  return { margin: share > 1 ? 'missed' : 'near', from: to - milliseconds, to };
}

/** Along the lower edge of its connection: dashes where it was near, a line where it was missed. In CSS pixels. */
export function paintMargin(
  context: TimelineContext,
  margin: Margin,
  { left, bottom, width }: { readonly left: number; readonly bottom: number; readonly width: number },
  colors: TimelineColors,
): void {
  context.strokeStyle = margin === 'missed' ? colors.bad : colors.warning;
  context.lineWidth = 4;
  context.setLineDash(margin === 'missed' ? [] : [4, 3]);
  context.beginPath();
  context.moveTo(left, bottom - 2);
  context.lineTo(left + Math.max(2, width), bottom - 2);
  context.stroke();
  context.setLineDash([]);
}
