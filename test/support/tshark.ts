import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { requiredPeer } from './peers';
import type { TsharkFields } from './tsharkForm';
import { shownTsharkFields } from './tsharkForm';

/** One packet of MQTT as tshark shows it, with the frame that made it whole. */
export interface TsharkPacket {
  /** Microseconds since the epoch. */
  readonly at: number;
  /** `address:port`, as for people. */
  readonly from: string;
  readonly to: string;
  readonly fields: TsharkFields;
}

type Layers = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** The packets that tshark finds in a capture file, in its order. @param mqtt a port of it, besides 1883 */
export function tsharkPackets(file: string, mqtt?: number): readonly TsharkPacket[] {
  const options = [
    ...['-r', file, '-T', 'json', '--no-duplicate-keys', '-J', 'mqtt frame tcp ip ipv6', '-Y', 'mqtt'],
    ...(mqtt === undefined ? [] : ['-d', `tcp.port==${mqtt},mqtt`]),
  ];
  return (JSON.parse(runTshark(options)) as readonly { _source: { layers: Layers } }[]).flatMap(
    ({ _source: { layers } }) => {
      const { ip, ipv6, tcp = {} } = layers;
      const address = (end: 'src' | 'dst'): string => {
        const host = ipv6 ? `[${textOf(ipv6[`ipv6.${end}`])}]` : textOf(ip?.[`ip.${end}`]);
        return `${host}:${textOf(tcp[`tcp.${end}port`])}`;
      };
      const at = microseconds(textOf(layers['frame']?.['frame.time_epoch']));
      return [layers['mqtt']].flat().map((layer) => ({
        at,
        from: address('src'),
        to: address('dst'),
        fields: shownTsharkFields(layer),
      }));
    },
  );
}

/** A program that comes with tshark, by its name. */
export const besideTshark = (name: string): string => path.join(path.dirname(requiredPeer('tshark')), name);

/** What tshark prints. A person's own preferences could change what is shown: it gets none. */
export function runTshark(options: readonly string[]): string {
  return execFileSync(requiredPeer('tshark'), options, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Of seconds with a fraction, which are too long for a number. */
function microseconds(epoch: string): number {
  const [seconds = '', fraction = ''] = epoch.split('.');
  return Number(seconds) * 1e6 + Number(fraction.slice(0, 6));
}
