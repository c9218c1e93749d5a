import type { ControlPacket, PacketType } from '../../protocol/controlPacket';
import type { Sender } from '../../protocol/dissectionContext';
import type {
  CarriedMessage,
  HandshakeKind,
  Moment,
  OpenHandshake,
  SeenConnection,
  SeenHandshake,
} from './seen';

interface Waiting extends OpenHandshake {
  awaited: PacketType;
  last: Moment;
  retransmissions: number;
}

/** What was answered last for a Packet Identifier, so that an answer too many is known for one. */
interface Answered {
  readonly handshake: Waiting;
  readonly by: PacketType;
}

/** How many that were answered are remembered of a connection, the last ones. */
const mostAnswered = 512;
/** How many PINGREQs without an answer are kept of a connection: Keep Alive ends it long before. */
const mostPings = 64;

const publishKinds = [undefined, 'qos1', 'qos2'] as const;

type Ended = (handshake: SeenHandshake) => void;

/**
 * The handshakes of one connection: what was sent and waits for an answer, by who sent it and its Packet Identifier. There
 * are 65,535 of them a side, which bounds its memory.
 */
export class Handshakes {
  private readonly waiting = new Map<string | number, Waiting>();
  private readonly answered = new Map<number, Answered>();
  private pings: Waiting[] = [];

  constructor(
    private readonly connection: SeenConnection,
    private readonly ended: Ended,
    /** A message that an earlier connection of the session began and did not end: taken, so that it is told once. */
    private readonly earlier: (
      kind: CarriedMessage['kind'],
      sender: Sender,
      packetIdentifier: number,
    ) => CarriedMessage | undefined,
  ) {}

  /** Messages of QoS 1 and 2 that are not acknowledged to the end. */
  inFlight = 0;

  /** Those that wait, the oldest first. */
  *open(): Generator<OpenHandshake> {
    yield* this.waiting.values();
    yield* this.pings;
  }

  note(packet: ControlPacket, sender: Sender, moment: Moment, topic: string | undefined): void {
    switch (packet.type) {
      case 'PUBLISH': {
        const kind = publishKinds[packet.qos];
        if (kind) this.message(kind, sender, packet.packetIdentifier, packet.dup, moment, topic);
        return;
      }
      case 'SUBSCRIBE':
        return this.begin(newWaiting('subscribe', sender, packet.packetIdentifier, moment, 'SUBACK'));
      case 'UNSUBSCRIBE':
        return this.begin(newWaiting('unsubscribe', sender, packet.packetIdentifier, moment, 'UNSUBACK'));
      case 'PUBREL':
        return this.released(sender, packet.packetIdentifier, moment);
      case 'PUBACK':
      case 'PUBREC':
      case 'PUBCOMP':
        return this.answer(packet.type, sender, packet.packetIdentifier, packet.reasonCode, moment);
      case 'SUBACK':
      case 'UNSUBACK': {
        const refused = packet.reasonCodes.find((code) => code >= 0x80);
        return this.answer(packet.type, sender, packet.packetIdentifier, refused ?? 0, moment);
      }
      case 'CONNECT':
        return this.begin(newWaiting('connect', 'client', 0, moment, 'CONNACK'));
      case 'CONNACK':
        return this.end(this.waiting.get('connect'), 'connect', packet.reasonCode, moment);
      case 'AUTH':
        return this.authentication(sender, packet.reasonCode, moment);
      case 'PINGREQ': {
        if (this.pings.length < mostPings) this.pings.push(newWaiting('ping', sender, 0, moment, 'PINGRESP'));
        return;
      }
      case 'PINGRESP': {
        const ping = this.pings.shift();
        if (ping) this.tell(ping, moment, 'complete', 0);
        return;
      }
      case 'DISCONNECT':
        return;
    }
  }

  /** The connection ended: whatever waits was not answered on it. Returns the messages that its session still has. */
  close(at: Moment): readonly OpenHandshake[] {
    const open = [...this.waiting.values(), ...this.pings];
    this.waiting.clear();
    this.pings = [];
    this.inFlight = 0;
    for (const each of open) this.tell(each, at, 'unanswered', 0);
    return open.filter(({ kind }) => kind === 'qos1' || kind === 'qos2');
  }

  /** Packets may have gone over the connection that nobody saw, and with them the answers to what waits. */
  forget(): void {
    this.waiting.clear();
    this.answered.clear();
    this.pings = [];
    this.inFlight = 0;
  }

  private message(
    kind: 'qos1' | 'qos2',
    sender: Sender,
    packetIdentifier: number,
    dup: boolean,
    moment: Moment,
    topic: string | undefined,
  ): void {
    const key = keyOf(sender, packetIdentifier);
    const known = this.waiting.get(key);
    if (known && dup) {
      known.retransmissions++;
      known.last = moment;
      return;
    }
    const resumes = dup ? this.earlier(kind, sender, packetIdentifier) : undefined;
    const awaited = kind === 'qos1' ? 'PUBACK' : 'PUBREC';
    this.begin(newWaiting(kind, sender, packetIdentifier, moment, awaited, topic, resumes));
  }

  private begin(waiting: Waiting): void {
    const { kind, sender, packetIdentifier, start } = waiting;
    const key = kind === 'connect' || kind === 'authenticate' ? kind : keyOf(sender, packetIdentifier);
    // Its identifier was given to another: it will never be answered.
    const before = this.waiting.get(key);
    if (before) this.end(before, key, 0, start, 'unanswered');
    this.answered.delete(keyOf(sender, packetIdentifier));
    this.waiting.set(key, waiting);
    if (kind === 'qos1' || kind === 'qos2') this.inFlight++;
  }

  private released(sender: Sender, packetIdentifier: number, moment: Moment): void {
    const known = this.waiting.get(keyOf(sender, packetIdentifier));
    if (known) {
      if (known.kind !== 'qos2') return;
      known.awaited = 'PUBCOMP';
      known.last = moment;
      return;
    }
    // After PUBREC it is the PUBREL that is sent again over the next connection, and not the PUBLISH [MQTT-4.4.0-1].
    const resumes = this.earlier('qos2', sender, packetIdentifier);
    if (!resumes) return;
    this.begin(newWaiting('qos2', sender, packetIdentifier, moment, 'PUBCOMP', resumes.topic, resumes));
  }

  private answer(
    type: PacketType,
    answering: Sender,
    packetIdentifier: number,
    reasonCode: number,
    moment: Moment,
  ): void {
    const key = keyOf(answering === 'client' ? 'server' : 'client', packetIdentifier);
    const known = this.waiting.get(key);
    if (!known) {
      const before = this.answered.get(key);
      if (before?.by === type) this.tell(before.handshake, moment, 'repeated', reasonCode);
      return;
    }
    if (type === 'PUBREC' && known.kind === 'qos2' && reasonCode < 0x80) {
      if (known.awaited === 'PUBREC') known.awaited = 'PUBREL';
      known.last = moment;
      return;
    }
    if (known.awaited !== type) return;
    this.end(known, key, reasonCode, moment);
    this.answered.set(key, { handshake: known, by: type });
    if (this.answered.size > mostAnswered) {
      const [oldest] = this.answered.keys();
      if (oldest !== undefined) this.answered.delete(oldest);
    }
  }

  /** In the middle of a connection the client begins it with 0x19, and the server ends it with 0 (4.12.1). */
  private authentication(sender: Sender, reasonCode: number, moment: Moment): void {
    if (reasonCode === 0x19) this.begin(newWaiting('authenticate', sender, 0, moment, 'AUTH'));
    else if (reasonCode === 0) this.end(this.waiting.get('authenticate'), 'authenticate', 0, moment);
  }

  private end(
    known: Waiting | undefined,
    key: string | number,
    reasonCode: number,
    moment: Moment,
    outcome: SeenHandshake['outcome'] = reasonCode >= 0x80 || (known?.kind === 'connect' && reasonCode > 0)
      ? 'refused'
      : 'complete',
  ): void {
    if (!known) return;
    this.waiting.delete(key);
    if (known.kind === 'qos1' || known.kind === 'qos2') this.inFlight--;
    this.tell(known, moment, outcome, reasonCode);
  }

  private tell(known: Waiting, end: Moment, outcome: SeenHandshake['outcome'], reasonCode: number): void {
    this.ended({
      kind: known.kind,
      connection: this.connection,
      sender: known.sender,
      packetIdentifier: known.packetIdentifier,
      start: known.start,
      resumes: known.resumes,
      topic: known.topic,
      retransmissions: known.retransmissions,
      end,
      outcome,
      awaited: outcome === 'unanswered' ? known.awaited : undefined,
      reasonCode,
    });
  }
}

function keyOf(sender: Sender, packetIdentifier: number): number {
  return packetIdentifier + (sender === 'client' ? 0 : 0x10000);
}

function newWaiting(
  kind: HandshakeKind,
  sender: Sender,
  packetIdentifier: number,
  moment: Moment,
  awaited: PacketType,
  topic?: string,
  resumes?: Moment,
): Waiting {
  return {
    kind,
    sender,
    packetIdentifier,
    start: moment,
    topic,
    awaited,
    last: moment,
    retransmissions: 0,
    resumes,
  };
}
