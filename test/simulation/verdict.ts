import type { QoS } from '../../src/protocol/controlPacket';
import { isRefused } from './server/serverPlan';
import type { Receipt, Routed, ServerRecord } from './server/serverRecord';
import type { PublishRecord } from './clientPublishes';
import type { SimulatedClient } from './simulatedClient';
import type { SimulationWorld } from './simulationWorld';

/** Looks at a run that has come to rest for what the specification promises over all of its connections. */
export function judge(world: SimulationWorld): void {
  for (const client of world.clients) {
    const record = world.server.record(client.plan.clientIdentifier);
    new Verdict(world, client, record).pass();
  }
}

/** More than any PUBLISH of the workload has besides its payload, in bytes. */
const mostHeader = 30;

class Verdict {
  private readonly taken = new Map<number, Receipt[]>();

  constructor(
    private readonly world: SimulationWorld,
    private readonly client: SimulatedClient,
    private readonly record: ServerRecord,
  ) {
    for (const receipt of record.receipts) {
      if (receipt.isTaken)
        this.taken.set(receipt.number, [...(this.taken.get(receipt.number) ?? []), receipt]);
    }
  }

  pass(): void {
    for (const published of this.client.published) this.judgePublish(published);
    this.judgeReceipts();
    for (const routed of this.record.routed.values()) this.judgeRouted(routed);
    this.judgeArrivals();
    const { pending } = this.client;
    if (pending > 0) this.complain(`${pending} promises are left over`);
    for (const { link, client } of this.world.links) {
      if (client === this.client && !link.client.isClosed) this.complain('a connection is left over');
    }
  }

  private judgePublish({
    message: { number, qos, size, expiry, alias = 0 },
    outcome,
    isKept,
  }: PublishRecord): void {
    const { server, scenario } = this.world;
    const count = this.taken.get(number)?.length ?? 0;
    const mayBeTaken =
      expiry === undefined &&
      alias <= server.world.plan.topicAliasMaximum &&
      !isRefused(server.world.plan, scenario.version, number) &&
      qos <= server.takes.leastQoS &&
      size + mostHeader < (server.world.plan.maximumPacketSize ?? Infinity);
    switch (outcome.kind) {
      case 'pending':
        return this.complain(`publish() of message ${number} has never settled`);
      case 'resolved':
        if (outcome.reasonCode < 0x80 && qos > 0 && count === 0) {
          this.complain(`message ${number} was published with success, but has not arrived (4.3)`);
        }
        if (outcome.reasonCode >= 0x80 && count > 0)
          this.complain(`message ${number} was refused, but has arrived`);
        return;
      case 'rejected':
        if (!outcome.isAllowed) this.complain(`message ${number} was rejected without need: ${outcome.why}`);
        if (!outcome.isKept && !outcome.wasSent && count > 0)
          this.complain(`message ${number} was rejected as not kept, but has arrived`);
        if (outcome.isKept && count === 0 && mayBeTaken)
          this.complain(`message ${number} was kept, but has not arrived`);
        return;
      case 'crashed':
        if (isKept && count === 0 && mayBeTaken)
          this.complain(`message ${number} was lost in a crash of its client`);
        return;
    }
  }

  private judgeReceipts(): void {
    const byNumber = new Map(this.client.published.map(({ message }) => [message.number, message]));
    for (const { number, topicName, qos } of this.record.receipts) {
      const message = byNumber.get(number);
      if (message?.topicName === topicName && message.qos === qos) continue;
      this.complain(`message ${number} arrived in ${topicName} at QoS ${qos}`);
    }
    for (const [number, receipts] of this.taken) {
      const qos = byNumber.get(number)?.qos ?? 0;
      const epochs = new Set(receipts.map(({ epoch }) => epoch)).size;
      if (qos === 0 && receipts.length > 1) this.complain(`message ${number} of QoS 0 arrived again (4.3.1)`);
      // A server that has lost its session does not know what it has taken before.
      if (qos === 2 && receipts.length > epochs) {
        this.complain(`message ${number} of QoS 2 arrived ${receipts.length} times [MQTT-4.3.3-10]`);
      }
    }
    this.judgeOrder('at the server', this.record.receipts);
  }

  private judgeRouted({ message: { number }, qos, epoch, isComplete, isTooLarge, wasSent }: Routed): void {
    const count = this.client.arrivals.filter((arrival) => arrival.number === number).length;
    const most = 1 + (qos === 2 ? (this.client.watch.forgotten.get(number) ?? 0) : 0);
    if (qos !== 1 && count > most)
      this.complain(`message ${number} of QoS ${qos} came ${count} times to the application`);
    if (isTooLarge && !wasSent && count > 0)
      this.complain(`message ${number} came although it was never sent`);
    if (isTooLarge || qos === 0) return;
    const { lostEpochs } = this.record;
    const isLost = lostEpochs.has(epoch);
    // 3.1 has no Session Present: the client takes a message for one it had of a session that it does not know to be lost.
    if (this.world.scenario.version === 3 && qos === 2 && lostEpochs.size > 0) return;
    if (count === 0 && (isComplete || !isLost))
      this.complain(`message ${number} of QoS ${qos} has not come (4.3)`);
    if (!isComplete && !isLost) this.complain(`message ${number} of QoS ${qos} was never acknowledged`);
  }

  private judgeArrivals(): void {
    const numbered: { number: number; topicName: string; qos: QoS }[] = [];
    for (const { number, topicName, qos } of this.client.arrivals) {
      const routed = number === undefined ? undefined : this.record.routed.get(number);
      if (number !== undefined && routed?.qos === qos && routed.message.topicName === topicName) {
        numbered.push({ number, topicName, qos });
      } else this.complain(`message ${number ?? '?'} came as ${topicName} at QoS ${qos}`);
    }
    this.judgeOrder('at the application', numbered);
  }

  /** First copies in the order of publishing, by topic and QoS (4.6). */
  private judgeOrder(where: string, copies: readonly Pick<Receipt, 'number' | 'topicName' | 'qos'>[]): void {
    const seen = new Set<number>();
    const newest = new Map<string, number>();
    for (const { number, topicName, qos } of copies) {
      if (seen.has(number)) continue;
      seen.add(number);
      const key = `${topicName} ${qos}`;
      const before = newest.get(key) ?? 0;
      if (number < before) this.complain(`message ${number} came after ${before} ${where} [MQTT-4.6.0-6]`);
      newest.set(key, number);
    }
  }

  private complain(what: string): void {
    this.world.observer.finding(`${this.client.plan.clientIdentifier}: ${what}`);
  }
}
