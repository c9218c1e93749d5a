import { decodeUtf8 } from '../../src/base/utf8';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { PacketWriter } from '../../src/protocol/codec';
import type { ClientDelivery, ClientEnding, ClientOutcome } from '../../src/session/clientContract';
import { ClientConnection } from '../../src/session/clientConnection';
import type { ClientConnectionOptions } from '../../src/session/clientContract';
import type { Connection, Input, TimerName } from '../../src/session/effects';
import { ServerConnection } from '../../src/session/serverConnection';
import type { Acceptance, ServerDelivery, ServerEnding } from '../../src/session/serverContract';
import type { SessionChange } from '../../src/session/sessionJournal';
import { SessionState } from '../../src/session/sessionState';
import { a, encodeAll, line, packetsIn } from './packets';

type Delivery = ClientDelivery | ServerDelivery;
type Ending = ClientEnding | ServerEnding;

/**
 * One connection and the test as everybody it talks to: peer, owner and clock. What happens is written down line by line:
 * `< ` came from the peer, `> ` was sent to it, `| ` left in the same write; the rest are the other effects.
 */
export class Conversation<Command> {
  private lines: string[] = [];
  private readonly timers = new Map<TimerName, number>();
  ending: Ending | undefined;

  constructor(
    private readonly connection: Connection<Command, Delivery, ClientOutcome, Ending>,
    readonly version: ProtocolVersion,
    public at = 0,
  ) {}

  /** What happened since the last time. */
  take(): string[] {
    const lines = this.lines;
    this.lines = [];
    return lines;
  }

  /** The peer sends packets, in one chunk. */
  receive(...packets: ControlPacket[]): string[] {
    for (const packet of packets) this.lines.push(`< ${line(packet)}`);
    return this.receiveBytes(encodeAll(packets, this.version));
  }

  receiveBytes(chunk: Uint8Array): string[] {
    return this.feed({ kind: 'bytes', at: this.at, chunk });
  }

  command(...commands: Command[]): string[] {
    return this.feed({ kind: 'commands', at: this.at, commands });
  }

  feed(input: Input<Command>): string[] {
    for (const effect of this.connection.handle(input)) {
      switch (effect.kind) {
        case 'transmit':
          packetsIn(effect.bytes, this.version).forEach((packet, index) =>
            this.lines.push(`${index === 0 ? '>' : '|'} ${line(packet)}`),
          );
          if (effect.more) this.lines.push('more');
          break;
        case 'deliver':
          for (const packet of effect.packets) this.lines.push(deliveryLine(packet));
          break;
        case 'settle':
          for (const outcome of effect.outcomes) this.lines.push(outcomeLine(outcome));
          break;
        case 'store':
          this.lines.push(...effect.changes.map((change) => `store ${changeLine(change)}`));
          break;
        case 'arm':
          this.timers.set(effect.timer, effect.at);
          break;
        case 'disarm':
          this.timers.delete(effect.timer);
          break;
        case 'pauseReading':
          this.lines.push(effect.paused ? 'pause reading' : 'resume reading');
          break;
        case 'listen':
          this.lines.push('listen');
          break;
        case 'close':
          this.ending = effect.ending;
          this.timers.clear();
          this.lines.push(`close: ${endingText(effect.ending)}`);
          break;
      }
    }
    return this.take();
  }

  /** Lets time pass; timers that fall due run in their order. */
  pass(milliseconds: number): string[] {
    const end = this.at + milliseconds;
    const all: string[] = [];
    for (;;) {
      const due = [...this.timers].filter(([, at]) => at <= end).sort((one, other) => one[1] - other[1])[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.at = Math.max(this.at, due[1]);
      all.push(...this.feed({ kind: 'deadline', at: this.at, timer: due[0] }));
    }
    this.at = end;
    return all;
  }
}

export function clientConversation(more: Partial<ClientConnectionOptions> = {}, at = 0) {
  const options = {
    connect: a.connect(),
    session: new SessionState(),
    out: new PacketWriter(),
    connackPatience: 10_000,
    ...more,
  };
  return new Conversation(new ClientConnection(options), options.connect.protocolVersion, at);
}

/** A client that was let in. */
export function connectedClient(more: Partial<ClientConnectionOptions> = {}, connack = a.connack()) {
  const conversation = clientConversation(more);
  conversation.command({ kind: 'connect' });
  conversation.receive(connack);
  return conversation;
}

export function serverConversation(version: ProtocolVersion = 5, maximumPacketSize?: number) {
  return new Conversation(new ServerConnection({ out: new PacketWriter(), maximumPacketSize }), version);
}

/** A server that has let its client in. */
export function connectedServer(connect = a.connect(), more: Partial<Acceptance> = {}) {
  const conversation = serverConversation(connect.protocolVersion);
  conversation.receive(connect);
  conversation.command({ kind: 'accept', acceptance: acceptance(more) });
  return conversation;
}

export function acceptance(more: Partial<Acceptance> = {}): Acceptance {
  return {
    session: new SessionState(),
    sessionPresent: false,
    properties: {},
    queueBytes: 1_000_000,
    ...more,
  };
}

function deliveryLine(packet: Delivery): string {
  if (packet.type === 'challenge') {
    return `${packet.final ? 'proof' : 'challenge'} ${JSON.stringify(packet.data && decodeUtf8(packet.data))}`;
  }
  if (packet.type === 'mistake') return `mistake ${packet.violation.id} ${packet.violation.value ?? ''}`;
  if (packet.type !== 'connected') return `deliver ${line(packet)}`;
  return `connected${packet.sessionPresent ? ', session present' : ''}`;
}

function outcomeLine(outcome: ClientOutcome): string {
  switch (outcome.kind) {
    case 'published':
      return `${outcome.ticket} published #${outcome.packetIdentifier} ${outcome.reasonCode}${outcome.sessionLost ? ', session lost' : ''}`;
    case 'expired':
      return `${outcome.ticket} expired`;
    case 'unencodable':
      return `${outcome.ticket} unencodable: ${String(outcome.error)}`;
    case 'answered':
      return `${outcome.ticket} answered ${outcome.reasonCodes.join(' ')}`;
    case 'reauthenticated':
      return `${outcome.ticket} reauthenticated`;
    case 'rejected':
      return `${outcome.ticket} rejected: ${outcome.violation.id}`;
  }
}

function changeLine(change: SessionChange): string {
  switch (change.kind) {
    case 'added':
      return `added ${change.message.entry} #${change.message.packetIdentifier}`;
    case 'sent':
      return `sent ${change.entry} #${change.packetIdentifier}`;
    case 'forgotten':
      return `forgotten ${change.entry}`;
    case 'subscribed':
      return `subscribed ${change.subscription.topicFilter}`;
    case 'unsubscribed':
      return `unsubscribed ${change.topicFilter}`;
    case 'begun':
      return change.begun ? 'begun' : 'not begun';
    case 'doubted':
      return change.doubted ? 'doubted' : 'not doubted';
    case 'startedClean':
      return 'started clean';
    case 'cleared':
    case 'lost':
      return change.kind;
    default:
      return `${change.kind} #${change.packetIdentifier}`;
  }
}

function endingText(ending: Ending): string {
  switch (ending.kind) {
    case 'protocol':
      return ending.violation.id;
    case 'refusedByServer':
      return `refused with ${ending.connack.reasonCode} of version ${ending.version}`;
    case 'refused':
      return `refused with ${ending.reasonCode}`;
    case 'disconnectedByServer':
      return `disconnectedByServer ${'disconnect' in ending ? ending.disconnect.reasonCode : ending.reasonCode}`;
    case 'disconnectedByClient':
      return `disconnectedByClient ${ending.disconnect.reasonCode}`;
    case 'authenticationFailed':
      return `authenticationFailed ${ending.problem.code}`;
    case 'notMqtt':
      return `notMqtt ${Buffer.from(ending.firstBytes).toString('latin1')}`;
    case 'closedByServer':
      return ending.duringConnect ? 'closedByServer during connect' : 'closedByServer';
    case 'transport':
      return `transport ${ending.failure.code}`;
    case 'dropped':
      return `dropped${ending.failure ? ` ${ending.failure.code}` : ''}`;
    default:
      return ending.kind;
  }
}
