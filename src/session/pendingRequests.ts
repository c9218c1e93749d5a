import { Fifo } from '../base/fifo';
import type { ProtocolVersion, Suback, Unsuback } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import type { Properties } from '../protocol/properties';
import { ProtocolViolation } from '../protocol/violations';
import { againstAnnounced } from './announced';
import type { ClientOutcome, ClientRequest } from './clientContract';
import type { InflightStore } from './inflightStore';
import type { SessionState } from './sessionState';

/** SUBSCRIBE and UNSUBSCRIBE packets of one Network Connection, from the wish to the acknowledgement. */
export class PendingRequests {
  /** Those that wait for a Packet Identifier. */
  private readonly waiting = new Fifo<ClientRequest>();
  private readonly sent = new Map<number, ClientRequest>();
  private readonly identifiers: InflightStore;

  constructor(
    private readonly session: SessionState,
    private readonly out: PacketWriter,
    private readonly version: ProtocolVersion,
    /** The Properties of CONNACK. */
    private readonly announced: () => Properties,
    private readonly settle: (outcome: ClientOutcome) => void,
  ) {
    this.identifiers = session.outbound;
  }

  add(request: ClientRequest): void {
    this.waiting.push(request);
    this.send();
  }

  /** Sends what waits as far as there are Packet Identifiers. */
  send(): void {
    for (let request = this.waiting.peek(); request; request = this.waiting.peek()) {
      const packetIdentifier = this.identifiers.beginRequest(); // [MQTT-2.2.1-3]
      if (packetIdentifier === undefined) return;
      this.write(request, packetIdentifier);
      this.waiting.shift();
    }
  }

  /** Settles the request that was acknowledged [MQTT-2.2.1-6]. */
  answer({ type, packetIdentifier, reasonCodes, properties }: Suback | Unsuback): void {
    const request = this.sent.get(packetIdentifier);
    if (!request || (request.kind === 'subscribe') !== (type === 'SUBACK')) return;
    this.forget(packetIdentifier);
    const wanted = request.kind === 'subscribe' ? request.subscriptions.length : request.topicFilters.length;
    const codes = type === 'UNSUBACK' && this.version !== 5 ? Array<number>(wanted).fill(0) : reasonCodes;
    if (codes.length !== wanted) {
      const value = codes.length;
      throw new ProtocolViolation({ id: 'reasonCodesMissing', offset: 2, value, subject: type }); // [MQTT-3.8.4-6]
    }
    this.note(request, codes);
    this.settle({ kind: 'answered', ticket: request.ticket, reasonCodes: codes, properties });
  }

  /** What the server granted or ended is the Session's. */
  private note(request: ClientRequest, reasonCodes: readonly number[]): void {
    if (request.kind === 'unsubscribe') {
      request.topicFilters.forEach((topicFilter, index) => {
        if ((reasonCodes[index] ?? 0x80) < 0x80) this.session.unsubscribed(topicFilter);
      });
      return;
    }
    const { properties } = request;
    request.subscriptions.forEach((subscription, index) => {
      const reasonCode = reasonCodes[index] ?? 0x80;
      if (reasonCode < 0x80) this.session.subscribed({ subscription, properties, reasonCode });
      else this.session.unsubscribed(subscription.topicFilter);
    });
  }

  private write(request: ClientRequest, packetIdentifier: number): void {
    const { properties } = request;
    const mostBytes = this.announced().maximumPacketSize;
    try {
      if (request.kind === 'subscribe') {
        const { subscriptions } = request;
        const packet = { type: 'SUBSCRIBE', packetIdentifier, properties, subscriptions } as const;
        const violation = this.version === 5 && againstAnnounced(packet, this.announced());
        if (violation) throw new ProtocolViolation(violation);
        this.out.write(packet, this.version, mostBytes); // [MQTT-3.2.2-15]
      } else {
        const { topicFilters } = request;
        const packet = { type: 'UNSUBSCRIBE', packetIdentifier, properties, topicFilters } as const;
        this.out.write(packet, this.version, mostBytes); // [MQTT-3.2.2-15]
      }
      this.sent.set(packetIdentifier, request);
    } catch (error) {
      const { ticket } = request;
      this.identifiers.endRequest(packetIdentifier);
      if (error instanceof ProtocolViolation)
        this.settle({ kind: 'rejected', ticket, violation: error.violation });
      else this.settle({ kind: 'unencodable', ticket, error });
    }
  }

  private forget(packetIdentifier: number): void {
    this.sent.delete(packetIdentifier);
    this.identifiers.endRequest(packetIdentifier);
  }
}
