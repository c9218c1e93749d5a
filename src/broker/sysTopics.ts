import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import { encodeUtf8 } from '../base/utf8';
import { noProperties } from '../protocol/properties';
import type { Exchange } from './exchange';
import { LoadAverages } from './loadAverages';
import type { SessionStore } from './sessionStore';
import type { Totals } from './totals';

export interface SysSources {
  readonly clock: Clock;
  /** Seconds. */
  readonly interval: number;
  readonly exchange: Exchange;
  readonly sessions: SessionStore;
  readonly totals: Totals;
  /** Bytes of memory that are in use; without it nothing is told of that. */
  readonly heapBytes?: () => number;
  /** Of the program; without it its name is all that is told. */
  readonly version?: string;
}

const root = '$SYS/broker/';

/** What the broker tells of itself, retained under the names mosquitto gives it; what has not changed is not told again. */
export class SysTopics implements Disposable {
  private readonly told = new Map<string, string>();
  private readonly startedAt: number;
  private readonly loads: LoadAverages;
  private mostHeap = 0;
  private next: Disposable | undefined;

  constructor(private readonly sources: SysSources) {
    this.startedAt = sources.clock.now();
    this.loads = new LoadAverages(sources.interval);
    const { version } = sources;
    this.tell('version', `MQTT Workbench${version === undefined ? '' : ` version ${version}`}`);
    this.publish();
  }

  dispose(): void {
    this.next?.dispose();
  }

  private publish(): void {
    const { clock, interval } = this.sources;
    this.next = clock.schedule(clock.now() + interval * 1000, () => this.publish());
    const values = this.values();
    for (const [name, value] of [...values, ...this.heap()]) this.tell(name, String(value));
    for (const [name, value] of this.loads.update(this.loadSources())) this.tell(name, value.toFixed(2));
  }

  private values(): (readonly [name: string, value: number | string])[] {
    const { clock, exchange, sessions, totals } = this.sources;
    const counts = totals.now();
    const connected = totals.connectedClients;
    let away = 0;
    let waiting = 0;
    let waitingBytes = 0;
    for (const { connection, state, heldMessages } of sessions.all()) {
      if (!connection) away++;
      waiting += heldMessages;
      waitingBytes += state.outbound.heldBytes;
    }
    const { retained, router } = exchange;
    return [
      ['uptime', `${Math.floor((clock.now() - this.startedAt) / 1000)} seconds`],
      ['clients/total', connected + away],
      ['clients/connected', connected],
      ['clients/active', connected],
      ['clients/disconnected', away],
      ['clients/inactive', away],
      ['clients/maximum', totals.maximumClients],
      ['clients/expired', sessions.expiredCount],
      ['messages/received', counts.receivedPackets],
      ['messages/sent', totals.sentPackets(counts)],
      ['messages/stored', waiting + retained.size],
      ['publish/bytes/received', counts.receivedPayload],
      ['publish/bytes/sent', counts.sentPayload],
      ['publish/messages/received', counts.receivedMessages],
      ['publish/messages/sent', counts.sentMessages],
      ['publish/messages/dropped', counts.droppedMessages],
      ['bytes/received', counts.receivedBytes],
      ['bytes/sent', counts.sentBytes],
      ['subscriptions/count', router.size],
      ['shared_subscriptions/count', router.sharedCount],
      ['retained messages/count', retained.size],
      ['store/messages/count', waiting + retained.size],
      ['store/messages/bytes', waitingBytes + retained.bytes],
    ];
  }

  /** The most there was at one of these moments is the maximum. */
  private heap(): (readonly [name: string, value: number])[] {
    const current = this.sources.heapBytes?.();
    if (current === undefined) return [];
    this.mostHeap = Math.max(this.mostHeap, current);
    return [
      ['heap/current', current],
      ['heap/maximum', this.mostHeap],
    ];
  }

  private loadSources(): readonly (readonly [name: string, total: number])[] {
    const { totals } = this.sources;
    const counts = totals.now();
    return [
      ['messages/received', counts.receivedPackets],
      ['messages/sent', totals.sentPackets(counts)],
      ['connections', totals.receivedConnects],
      ['publish/received', counts.receivedMessages],
      ['publish/sent', counts.sentMessages],
      ['publish/dropped', counts.droppedMessages],
      ['bytes/received', counts.receivedBytes],
      ['bytes/sent', counts.sentBytes],
      ['sockets', totals.openedConnections],
    ];
  }

  private tell(name: string, value: string): void {
    if (this.told.get(name) === value) return;
    this.told.set(name, value);
    const topicName = root + name;
    const packet = {
      type: 'PUBLISH',
      dup: false,
      packetIdentifier: 0,
      topicName,
      qos: 2,
      retain: true,
    } as const;
    const message = { ...packet, payload: encodeUtf8(value), properties: noProperties };
    this.sources.exchange.publishOwn(message, undefined, this.sources.clock.now());
  }
}
