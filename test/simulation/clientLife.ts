import type { ClientState, Inheritance, MqttClient } from '../../src/client/mqttClient';
import type { SimulatedLink } from './simulatedLink';

type StateName = ClientState['state'];

/** Which states may follow which. */
const successors: Readonly<Record<StateName, readonly StateName[]>> = {
  disconnected: ['connecting'],
  connecting: ['connected', 'reconnecting', 'disconnecting', 'disconnected'],
  connected: ['reconnecting', 'disconnecting', 'disconnected'],
  reconnecting: ['connecting', 'disconnected'],
  disconnecting: ['disconnected'],
};

/** One client object, from its making to its end, and what its application may rely on. */
export class ClientLife {
  /** Promises of anything but `publish()` that are not settled. */
  pending = 0;
  /** How often it was ended by its application, or was disconnected: what waits may be rejected then. */
  endings = 0;
  link: SimulatedLink | undefined;
  /** `dispose()` has returned. */
  private isDisposed = false;
  private readonly told: ClientState[] = [];
  private witnessed = 0;
  private last: ClientState;

  constructor(
    readonly client: MqttClient,
    private readonly complain: (what: string) => void,
  ) {
    this.last = client.state;
  }

  /** The first of two listeners hears of a state. */
  hears(state: ClientState): void {
    this.checkAlive(`it is ${state.state}`);
    this.told.push(state);
    if (state.state === 'disconnected') this.endings++;
  }

  /** So does the second, whatever the first has done about it. */
  witnesses(state: ClientState): void {
    this.checkAlive(`it is ${state.state}`);
    if (this.told[this.witnessed++] !== state)
      this.complain('tells its listeners of states in another order');
    if (!successors[this.last.state].includes(state.state)) {
      this.complain(`says that it is ${state.state}, which cannot follow ${this.last.state}`);
    }
    this.last = state;
  }

  checkAlive(news: string): void {
    if (this.isDisposed) this.complain(`says that ${news} after it was disposed of`);
  }

  /** Whoever has listened knows how it is. */
  checkKnowledge(): void {
    const { state } = this.client.state;
    const said = this.told.at(-1)?.state ?? 'disconnected';
    if (said !== state) this.complain(`is ${state} and has said that it is ${said}`);
  }

  dispose(): void {
    this.endings++;
    this.client.dispose();
    this.isDisposed = true;
    this.checkKnowledge();
  }

  handOver(): Inheritance {
    const inheritance = this.client.handOver();
    this.isDisposed = true;
    return inheritance;
  }

  /** Makes the next attempt now, where there is to be one. */
  retry(): void {
    const before = this.client.state;
    this.client.retry();
    if (before.state === 'reconnecting' && this.client.state === before)
      this.complain('does not try again at once');
  }

  /** A promise of this life: it has to settle, one way or the other. */
  track(promise: Promise<unknown>, settled: () => void): void {
    this.pending++;
    const count = () => {
      this.pending--;
      settled();
    };
    promise.then(count, count);
  }

  /** Disconnects, after which its connection has to be closed. */
  async disconnect(properties?: { readonly sessionExpiryInterval: number }): Promise<void> {
    this.endings++;
    const link = this.client.state.state === 'connected' ? this.link : undefined;
    await this.client.disconnect(properties && { properties });
    // What is disposed of may still send its last bytes.
    if (!this.isDisposed && link?.client.isHeld) this.complain('has disconnected and has a connection');
  }
}
