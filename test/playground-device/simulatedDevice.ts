import { encodeUtf8 } from '../../src/base/utf8';
import type { Clock } from '../../src/base/clock';
import { MqttClient } from '../../src/client/mqttClient';
import type { ReceivedMessage } from '../../src/client/clientMessages';
import type { Transport } from '../../src/session/effects';
import { Board, type BoardMessage, firmwareVersion } from './board';

const base = 'devices/bench-7';

/** The board of `test/playground` on the network: it speaks every second and takes orders. */
export class SimulatedDevice {
  private readonly board = new Board();
  private readonly client: MqttClient;
  private readonly startedAt: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    open: () => Promise<Transport>,
    private readonly clock: Clock,
  ) {
    this.startedAt = clock.now();
    this.client = new MqttClient(
      {
        version: 5,
        clientIdentifier: 'bench-7',
        cleanStart: true,
        keepAlive: 30,
        will: {
          topicName: `${base}/online`,
          payload: encodeUtf8('false'),
          qos: 1,
          retain: true,
          properties: {},
        },
      },
      { open, clock },
    );
    this.client.onMessages((messages) => {
      for (const message of messages) this.settle(this.take(message));
    });
  }

  /** Resolves when the board is online and has said everything once. */
  async start(): Promise<void> {
    await this.client.connect();
    const options = { qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
    await this.client.subscribe(
      ['led', 'calibration', 'get'].map((order) => ({ topicFilter: `${base}/${order}`, ...options })),
    );
    await this.publish([{ topic: 'online', payload: encodeUtf8('true'), qos: 1, retain: true }]);
    await this.tick();
    this.timer = setInterval(() => this.settle(this.tick()), 1000);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.client.disconnect();
  }

  private tick(): Promise<void> {
    return this.publish(this.board.tick(Math.floor(this.clock.now() - this.startedAt)));
  }

  private async take({ topicName, payload, properties }: ReceivedMessage): Promise<void> {
    const order = topicName.slice(base.length + 1);
    await this.publish(this.board.order(order, payload));
    const { responseTopic, correlationData } = properties;
    if (order !== 'get' || responseTopic === undefined) return;
    await this.client.publish({
      topicName: responseTopic,
      payload: encodeUtf8(JSON.stringify({ version: firmwareVersion })),
      qos: 1,
      properties: { contentType: 'application/json', ...(correlationData && { correlationData }) },
    });
  }

  private async publish(messages: readonly BoardMessage[]): Promise<void> {
    await Promise.all(
      messages.map(({ topic, ...message }) =>
        this.client.publish({ topicName: `${base}/${topic}`, ...message }),
      ),
    );
  }

  /** A connection that ends takes what was under way along; anything else is a mistake in here. */
  private settle(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (this.client.state.state !== 'connected') return clearInterval(this.timer);
      throw error;
    });
  }
}
