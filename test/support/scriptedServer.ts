import assert from 'node:assert/strict';
import type {
  ClientDependencies,
  ClientOptions,
  ClientState,
  ReceivedMessage,
} from '../../src/client/mqttClient';
import { MqttClient } from '../../src/client/mqttClient';
import type { ControlPacket, PacketType, ProtocolVersion } from '../../src/protocol/controlPacket';
import { memoryLink } from '../../src/transport/memoryLink';
import { FakeClock, turn } from './fakeClock';
import { a } from './packets';
import { RawPeer } from './rawPeer';

/** What a client may be made with that speaks one version. */
export type OfOneVersion = Partial<Omit<ClientOptions, 'version'>> & { readonly version?: ProtocolVersion };

/** A client over a link in memory, whose server is the test. */
export class ScriptedServer {
  readonly clock: FakeClock;
  readonly messages: ReceivedMessage[] = [];
  readonly states: ClientState[] = [];
  readonly client: MqttClient;
  private link: RawPeer | undefined;

  /** @param time when it begins, in milliseconds since the epoch */
  constructor(options: OfOneVersion = {}, time = 5_000) {
    this.clock = new FakeClock(time);
    const { version = 5 } = options;
    const dependencies: ClientDependencies = {
      open: () => {
        const [ours, theirs] = memoryLink();
        this.link = new RawPeer(theirs, version);
        return Promise.resolve(ours);
      },
      clock: this.clock,
    };
    const defaults = { version, clientIdentifier: 'c', cleanStart: true, keepAlive: 0 };
    this.client = new MqttClient({ ...defaults, ...options }, dependencies);
    this.client.onMessages((messages) => this.messages.push(...messages));
    this.client.onDidChangeState((state) => this.states.push(state));
  }

  /** The other end of the connection that was opened last. */
  get peer(): RawPeer {
    return this.link ?? assert.fail('nothing was opened');
  }

  /** Connects and is let in. */
  async connected(connack = a.connack()): Promise<this> {
    const connecting = this.client.connect();
    await this.settled();
    await this.send(connack);
    await connecting;
    return this;
  }

  /** Sends packets, and lets everything run that comes of it. */
  async send(...packets: ControlPacket[]): Promise<void> {
    await this.peer.send(...packets);
    await this.settled();
  }

  /** Lets everything run that can without more input. */
  async settled(): Promise<void> {
    for (let hop = 0; hop < 3; hop++) await turn();
  }

  /** The last packet of a type that came. */
  last<T extends PacketType>(type: T): Extract<ControlPacket, { type: T }> {
    const found = this.peer.packets.filter((packet) => packet.type === type).at(-1);
    return (found as Extract<ControlPacket, { type: T }> | undefined) ?? assert.fail(`no ${type} came`);
  }
}
