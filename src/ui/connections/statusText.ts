import { withoutIcons } from '../reporting/plainText';
import { formatRate } from './connectionRow';

export interface StatusText {
  /** With codicons, for the status bar. */
  readonly shown: string;
  readonly spoken: string;
}

/**
 * How the connections of the window are, in the room of the status bar.
 * @param up names of those that are connected
 * @param reconnecting names of those that were, and are being made again
 * @param rate messages a second, of all together
 */
export function statusText(up: readonly string[], reconnecting: readonly string[], rate: number): StatusText {
  if (up.length === 0 && reconnecting.length === 0) {
    return { shown: '$(debug-disconnect) MQTT', spoken: 'not connected' };
  }
  const shown: string[] = [];
  const spoken: string[] = [];
  if (up.length > 0) {
    shown.push(`$(plug) ${inShort(up)} · ${formatRate(rate)}/s`);
    spoken.push(`${up.join(', ')} connected, ${formatRate(rate)} messages a second`);
  }
  if (reconnecting.length > 0) {
    shown.push(`$(sync) ${inShort(reconnecting)} reconnecting`);
    spoken.push(`${reconnecting.join(', ')} reconnecting`);
  }
  return { shown: shown.join(' '), spoken: spoken.join('; ') };
}

function inShort(names: readonly string[]): string {
  return names.length === 1 ? withoutIcons(names[0] ?? '') : `${names.length} connections`;
}
