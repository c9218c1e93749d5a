import { MqttClient } from '../../src/client/mqttClient';
import type { ClientOptions, ReceivedMessage } from '../../src/client/mqttClient';
import { connectSocket } from '../../src/transport/socketTransport';
import { systemClock } from '../../src/transport/systemClock';

/** This project's client for a port of 127.0.0.1, with what it received. */
export class OwnClient extends MqttClient {
  readonly received: ReceivedMessage[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(port: number, options: Partial<ClientOptions> = {}) {
    super(
      { version: 5, clientIdentifier: 'own-client', cleanStart: true, keepAlive: 60, ...options },
      { open: () => connectSocket({ host: '127.0.0.1', port }), clock: systemClock },
    );
    this.onMessages((messages) => {
      this.received.push(...messages);
      for (const watcher of [...this.watchers]) watcher();
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
