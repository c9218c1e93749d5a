import assert from 'node:assert/strict';
import { MqttClient } from '../../src/client/mqttClient';
import type {
  ClientDependencies,
  ClientOptions,
  ClientState,
  PublishOutcome,
  ReceivedMessage,
} from '../../src/client/mqttClient';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import type { Transport } from '../../src/session/effects';
import { memoryLink } from '../../src/transport/memoryLink';
import { FakeClock, turn } from './fakeClock';
import { watched } from './outcome';
import { a } from './packets';
import { RawPeer } from './rawPeer';

export const benchOptions: ClientOptions = {
  version: 5,
  clientIdentifier: 'c',
  cleanStart: false,
  keepAlive: 0,
  reconnect: { when: 'afterConnected', random: () => 0.5 },
};

/** A client on a fake clock whose server, packet by packet, is the test. */
export class ClientBench {
  readonly clock = new FakeClock(5_000);
  readonly states: ClientState[] = [];
  readonly received: ReceivedMessage[] = [];
  readonly client: MqttClient;
  /** The servers of the connections that were opened, first to last. */
  readonly servers: RawPeer[] = [];
  /** What the next connection is opened in. */
  serverVersion: ProtocolVersion = 5;
  openTransport = (): Promise<Transport> => {
    const [clientEnd, serverEnd] = memoryLink();
    this.servers.push(new RawPeer(serverEnd, this.serverVersion));
    return Promise.resolve(clientEnd);
  };

  constructor(options: Partial<ClientOptions> = {}, more: Partial<ClientDependencies> = {}) {
    const whole = { ...benchOptions, ...options };
    if (whole.version !== 'automatic') this.serverVersion = whole.version;
    this.client = new MqttClient(whole, { open: () => this.openTransport(), clock: this.clock, ...more });
    this.client.onDidChangeState((state) => this.states.push(state));
    this.client.onMessages((messages) => this.received.push(...messages));
  }

  get server(): RawPeer {
    const server = this.servers.at(-1);
    assert.ok(server);
    return server;
  }

  /** The states since the last time, in short. */
  takeStates(): string[] {
    return this.states.splice(0).map(stateText);
  }

  /** Connects and lets the client in; what the server got after CONNECT. */
  async connected(connack = a.connack()): Promise<string[]> {
    const connecting = this.client.connect();
    await turn();
    await this.server.received();
    const lines = await this.server.send(connack);
    await connecting;
    this.takeStates();
    return lines;
  }

  /** The connection breaks, and the client finds it out. */
  async drop(): Promise<void> {
    this.server.drop();
    await this.server.received();
  }

  /** The client is let in again once its time has come; what the server got after CONNECT. */
  async reconnected(connack = a.connack({ sessionPresent: true })): Promise<string[]> {
    await this.retried();
    return this.server.send(connack);
  }

  /** The next attempt was made, and CONNECT has arrived. */
  async retried(): Promise<void> {
    const before = this.servers.length;
    const { state } = this.client;
    assert.ok(state.state === 'reconnecting', state.state);
    await this.clock.pass(state.at - this.clock.now());
    assert.equal(this.servers.length, before + 1);
    await this.server.received();
  }

  publish(topicName: string, qos: 0 | 1 | 2 = 1, more = {}): Promise<PublishOutcome> {
    return watched(this.client.publish({ topicName, payload: Uint8Array.of(0x78), qos, ...more }));
  }
}

function stateText(state: ClientState): string {
  switch (state.state) {
    case 'reconnecting':
      return `reconnecting ${state.attempt} at ${state.at}: ${state.failure.kind}${state.suspicion ? `, ${state.suspicion}` : ''}`;
    case 'connecting':
      return state.retry ? `connecting ${state.retry.attempt}` : 'connecting';
    case 'disconnected':
      return state.failure ? `disconnected: ${state.failure.kind}` : 'disconnected';
    default:
      return state.state;
  }
}
