import type { ControlPacket } from '../protocol/controlPacket';
import { dissect, type DissectionContext } from '../protocol/dissect';
import type { Direction } from '../session/effects';
import type { PacketLog, PacketRow } from './packetLog';

/** What the packets before a row decided about it, without what the row's own columns say. */
export type RowContext = Omit<DissectionContext, 'version' | 'topicAliases' | 'openRequests'>;

/** Packets that were read once are remembered up to this many: a page of rows asks for the same few. */
const mostRemembered = 64;

/** Tells of captured packets what earlier ones of their connection decided, from the log and nothing else. */
export class PacketContexts {
  private readonly remembered = new Map<number, ControlPacket | undefined>();

  constructor(private readonly log: PacketLog) {}

  of(row: PacketRow): RowContext {
    const { log } = this;
    const milestones = log.milestones(row.connection).flatMap((sequence) => {
      const earlier = sequence < row.sequence ? log.row(sequence) : undefined;
      const packet = earlier && this.packetAt(earlier);
      return earlier && packet ? [{ direction: earlier.direction, packet }] : [];
    });
    const connect = milestones.find(({ packet }) => packet.type === 'CONNECT');
    const connack = milestones.find(({ packet }) => packet.type === 'CONNACK');
    const client =
      connect?.direction ?? (row.packetType === 'CONNECT' ? row.direction : other(connack?.direction));
    if (client === undefined) return {};
    const sender = row.direction === client ? 'client' : 'server';
    const disconnected = milestones.some(
      ({ direction, packet }) => packet.type === 'DISCONNECT' && direction === row.direction,
    );
    const context: RowContext = {
      sender,
      disconnected,
      ...(sender === 'client' && connect && { earlierPackets: 1 }),
    };
    return { ...context, ...this.agreed(sender, connect?.packet, connack?.packet) };
  }

  private agreed(
    sender: 'client' | 'server',
    connect: ControlPacket | undefined,
    connack: ControlPacket | undefined,
  ): RowContext {
    const receiver = sender === 'client' ? connack : connect;
    const announced = receiver?.type === 'CONNECT' || receiver?.type === 'CONNACK' ? receiver : undefined;
    return {
      ...(announced && { announcement: { in: announced.type, ...limits(announced.properties) } }),
      ...(connect?.type === 'CONNECT' && {
        connect: {
          cleanStart: connect.cleanStart,
          clientIdentifier: connect.clientIdentifier,
          properties: asked(connect.properties),
        },
      }),
      ...(connack?.type === 'CONNACK' && { connackReasonCode: connack.reasonCode }),
    };
  }

  private packetAt(row: PacketRow): ControlPacket | undefined {
    const { remembered } = this;
    if (remembered.has(row.sequence)) return remembered.get(row.sequence);
    const bytes = this.log.bytesAt(row.sequence);
    const packet =
      bytes && row.kind === 'packet' ? dissect(bytes, { version: row.version }).packet : undefined;
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(row.sequence, packet);
    return packet;
  }
}

type Announced = Extract<ControlPacket, { type: 'CONNECT' | 'CONNACK' }>['properties'];

/** Only what a rule needs: authentication data stays where it is. */
function limits(properties: Announced) {
  return pick(properties, [
    'maximumPacketSize',
    'topicAliasMaximum',
    'maximumQoS',
    'retainAvailable',
    'wildcardSubscriptionAvailable',
    'sharedSubscriptionAvailable',
    'subscriptionIdentifierAvailable',
  ]);
}

function asked(properties: Announced) {
  return pick(properties, [
    'sessionExpiryInterval',
    'requestResponseInformation',
    'requestProblemInformation',
    'authenticationMethod',
  ]);
}

function pick<T extends object, K extends keyof T>(source: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.filter((key) => source[key] !== undefined).map((key) => [key, source[key]]),
  ) as Pick<T, K>;
}

function other(direction: Direction | undefined): Direction | undefined {
  return direction && (direction === 'in' ? 'out' : 'in');
}
