import { MqttClient } from '../../src/client/mqttClient';
import type { ClientOptions, ReceivedMessage } from '../../src/client/mqttClient';
import type { Endpoint } from '../../src/transport/endpoint';
import { openTransport } from '../../src/transport/openTransport';
import type { Transport } from '../../src/session/effects';
import { systemClock } from '../../src/transport/systemClock';

/** This project's client for a port of 127.0.0.1, or another way to a server, with what it received. */
export class OwnClient extends MqttClient {
  readonly received: ReceivedMessage[] = [];
  private readonly watchers = new Set<() => void>();
  protected readonly link: { transport?: Transport };

  constructor(where: number | Endpoint, options: Partial<ClientOptions> = {}) {
    const link: { transport?: Transport } = {};
    const endpoint: Endpoint =
      typeof where === 'number' ? { kind: 'tcp', host: '127.0.0.1', port: where } : where;
    super(
      { version: 5, clientIdentifier: 'own-client', cleanStart: true, keepAlive: 60, ...options },
      {
        open: async () => (link.transport = await openTransport(endpoint, { timeout: 8000 })),
        clock: systemClock,
      },
    );
    this.link = link;
    this.onMessages((messages) => {
      this.received.push(...messages);
      for (const watcher of [...this.watchers]) watcher();
    });
  }

  /** Cuts the connection as a network does, without a word; resolves when the client has noticed. */
  cut(): Promise<void> {
    return new Promise((resolve) => {
      const noticed = this.onDidChangeState(({ state }) => {
        if (state !== 'disconnected') return;
        noticed.dispose();
        resolve();
      });
      this.link.transport?.dispose();
    });
  }

  /** Resolves with everything that was received once it is `count` messages. */
  until(count: number): Promise<readonly ReceivedMessage[]> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.received.length < count) return;
        this.watchers.delete(check);
        resolve(this.received);
      };
      this.watchers.add(check);
      check();
    });
  }
}

/** A client whose network can stop carrying anything, both ways, without anybody being told. */
export class FreezableClient extends OwnClient {
  freeze(): void {
    const { transport } = this.link;
    if (!transport) return;
    transport.pauseReading(true);
    transport.pauseReading = () => undefined;
    transport.write = () => true;
  }

  /** The network is there again, and the connection is not. */
  thaw(): void {
    this.link.transport?.dispose();
  }
}
