import type { Pace } from '../../src/base/slices';
import { Broker } from '../../src/broker/broker';
import type { BrokerOptions } from '../../src/broker/broker';
import type { Connect } from '../../src/protocol/controlPacket';
import { memoryLink } from '../../src/transport/memoryLink';
import { FakeClock } from './fakeClock';
import { a } from './packets';
import { RawPeer } from './rawPeer';

/** A broker with a clock that stands still, and clients played by the test. */
export class BrokerBench {
  readonly clock = new FakeClock();
  readonly broker: Broker;
  /** How connections came and went. */
  readonly events: string[] = [];
  private identifiers = 0;

  constructor(options: BrokerOptions = {}, pace?: Pace, heapBytes?: () => number, version?: string) {
    this.broker = new Broker(options, {
      clock: this.clock,
      ...(pace && { pace }),
      ...(heapBytes && { heapBytes }),
      ...(version !== undefined && { version }),
      newIdentifier: () => `assigned-${++this.identifiers}`,
    });
    this.broker.onDidConnect(({ clientIdentifier, sessionPresent }) =>
      this.events.push(`+ ${clientIdentifier}${sessionPresent ? ' resumed' : ''}`),
    );
    this.broker.onDidDisconnect(({ clientIdentifier, ending }) =>
      this.events.push(`- ${clientIdentifier ?? '?'} ${ending.kind}`),
    );
  }

  /** A connection on which nothing was sent yet. */
  open(version: Connect['protocolVersion'] = 5): RawPeer {
    const [clientEnd, serverEnd] = memoryLink();
    this.broker.accept(serverEnd);
    return new RawPeer(clientEnd, version);
  }

  /** A client that was let in. */
  async client(clientIdentifier: string, more: Partial<Connect> = {}): Promise<RawPeer> {
    const connect = a.connect({ clientIdentifier, ...more });
    const peer = this.open(connect.protocolVersion);
    await peer.send(connect);
    return peer;
  }
}
