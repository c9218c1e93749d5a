import type { ControlPacket } from '../../../src/protocol/controlPacket';
import type { ServerWorld } from './scriptedServer';

type Answer = 'PUBACK' | 'PUBREC' | 'PUBCOMP';

/**
 * Answers that a server owes, each after a while. PUBACKs keep the order of their messages, and so do PUBRECs
 * [MQTT-4.6.0-2] [MQTT-4.6.0-3]; between the kinds, and among the rest, any order may come.
 */
export class Answers {
  private readonly inOrder: Record<'PUBACK' | 'PUBREC', ControlPacket[]> = { PUBACK: [], PUBREC: [] };
  private readonly inAnyOrder: ControlPacket[] = [];
  private isStopped = false;

  constructor(
    private readonly world: ServerWorld,
    private readonly send: (packet: ControlPacket) => void,
  ) {}

  later(type: Answer, packetIdentifier: number, reasonCode: number): void {
    const packet: ControlPacket = { type, packetIdentifier, reasonCode, properties: {} };
    if (type === 'PUBCOMP') this.inAnyOrder.push(packet);
    else this.inOrder[type].push(packet);
    this.plan();
  }

  packetLater(packet: ControlPacket): void {
    this.inAnyOrder.push(packet);
    this.plan();
  }

  stop(): void {
    this.isStopped = true;
  }

  /** One for each answer that is owed, so that all of them leave in the end. */
  private plan(): void {
    const { timeline, chance, plan } = this.world;
    timeline.after('server', chance.between(...plan.answers), () => this.one());
  }

  private one(): void {
    if (this.isStopped) return;
    const { chance } = this.world;
    const { PUBACK, PUBREC } = this.inOrder;
    const queues = [PUBACK, PUBREC, this.inAnyOrder].filter(({ length }) => length > 0);
    const [first, ...rest] = queues;
    if (!first) return;
    const queue = chance.of([first, ...rest]);
    const at = queue === this.inAnyOrder ? chance.between(0, queue.length - 1) : 0;
    const [packet] = queue.splice(at, 1);
    if (packet) this.send(packet);
  }
}
