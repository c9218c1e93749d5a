import type { TimelineHandshake, TimelineMark } from '../../../src/inspector/analysisContract';

export type TimelineContext = CanvasRenderingContext2D;

/** Colours of the theme, read once a picture. */
export interface TimelineColors {
  readonly foreground: string;
  readonly dim: string;
  readonly line: string;
  readonly connection: string;
  readonly handshake: string;
  readonly bad: string;
  readonly warning: string;
  readonly flight: string;
  readonly focus: string;
  readonly selection: string;
  /** Of a theme of high contrast: what everything has around it, and nothing is dimmed. */
  readonly contrast: string | undefined;
  readonly font: string;
}

export function timelineColors(element: Element): TimelineColors {
  const style = getComputedStyle(element);
  const token = (name: string, otherwise: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = token('foreground', style.color);
  const dim = token('descriptionForeground', foreground);
  return {
    foreground,
    dim,
    line: token('panel-border', token('contrastBorder', dim)),
    connection: token('charts-blue', foreground),
    handshake: token('charts-green', foreground),
    bad: token('charts-red', token('errorForeground', foreground)),
    // In light themes the orange of charts is as pale as what is found in an editor.
    warning: token('list-warningForeground', token('charts-orange', foreground)),
    flight: token('charts-purple', foreground),
    focus: token('focusBorder', foreground),
    selection: token('editor-selectionBackground', dim),
    contrast: token('contrastBorder', '') === '' ? undefined : foreground,
    font: `11px ${style.fontFamily}`,
  };
}

/** In CSS pixels. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A connection: a bar with a post where it begins, and one where it ends, which is higher where nobody meant it to. */
export function paintConnectionBar(
  context: TimelineContext,
  box: Box,
  { refused, end }: { readonly refused: boolean; readonly end: 'onPurpose' | 'unexpected' | undefined },
  colors: TimelineColors,
): void {
  const { left, top, width, height } = box;
  context.fillStyle = refused ? colors.bad : colors.connection;
  context.globalAlpha = colors.contrast === undefined ? 0.45 : 1;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  context.fillRect(left, top, 2, height);
  outline(context, box, colors);
  if (end === undefined) return;
  const beyond = end === 'onPurpose' ? 0 : 2;
  if (end === 'unexpected') context.fillStyle = colors.warning;
  context.fillRect(left + width - 2 - beyond / 2, top - beyond, 2 + beyond / 2, height + 2 * beyond);
}

/** A handshake: filled once it is over, hollow while it waits, and higher where it failed. */
export function paintHandshakeBar(
  context: TimelineContext,
  outcome: TimelineHandshake['outcome'],
  box: Box,
  colors: TimelineColors,
): void {
  const { left, top, width, height } = box;
  if (outcome === 'waiting') {
    context.strokeStyle = colors.warning;
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, top + 0.75, Math.max(0.5, width - 1.5), height - 1.5);
    return;
  }
  const isBad = outcome === 'refused' || outcome === 'unanswered';
  const beyond = isBad ? 2 : 0;
  const shown = { left, top: top - beyond, width, height: height + 2 * beyond };
  context.fillStyle = isBad ? colors.bad : colors.handshake;
  context.fillRect(shown.left, shown.top, shown.width, shown.height);
  outline(context, shown, colors);
}

/** What stands out: a diamond where a rule was broken or a connection refused, a dot for what others did about a client. */
export function paintMark(
  context: TimelineContext,
  kind: TimelineMark['kind'],
  { x, y }: { readonly x: number; readonly y: number },
  colors: TimelineColors,
): void {
  const isBad = kind === 'violation' || kind === 'refused';
  context.fillStyle = isBad ? colors.bad : colors.warning;
  context.beginPath();
  if (isBad) {
    context.moveTo(x, y - 5.5);
    context.lineTo(x + 5.5, y);
    context.lineTo(x, y + 5.5);
    context.lineTo(x - 5.5, y);
    context.closePath();
  } else context.arc(x, y, 4.5, 0, 2 * Math.PI);
  context.fill();
  if (colors.contrast === undefined) return;
  context.strokeStyle = colors.contrast;
  context.lineWidth = 1;
  context.stroke();
}

/** In high contrast what is wide enough has a line around it. */
function outline(context: TimelineContext, { left, top, width, height }: Box, colors: TimelineColors): void {
  if (colors.contrast === undefined || width < 4) return;
  context.strokeStyle = colors.contrast;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
}
