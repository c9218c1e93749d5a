import type { Clock } from '../base/clock';
import type { Disposable, Event } from '../base/lifecycle';
import { toHex } from '../base/bytes';
import type { Subscription } from '../protocol/controlPacket';
import type { ClientState } from './clientOptions';
import { ClientError, unencodable } from './clientFailure';
import { failureWords } from './failureWords';
import type {
  MessageToPublish,
  PublishOutcome,
  ReceivedMessage,
  SubscriptionOutcome,
} from './clientMessages';
import { sizeOf } from './clientMessages';

export interface RequestOptions {
  /** How long the response may take, in milliseconds; 10,000 if absent. */
  readonly timeout?: number;
  /**
   * Where responses go if the server gave no Response Information: below this Topic Name, in a topic that belongs to this
   * client alone.
   */
  readonly responseTopicPrefix?: string;
}

/** Why there is no response. */
export type RequestFailure =
  /** Correlation Data and Response Topic exist in 5.0 only. */
  | { readonly kind: 'needsVersion5' }
  /** The server gave no Response Information, and the caller no prefix. */
  | { readonly kind: 'noResponseTopic' }
  /** The server does not let this client subscribe to its Response Topic. */
  | {
      readonly kind: 'responseTopicRefused';
      readonly topicName: string;
      readonly reasonCode: number;
      readonly reasonString?: string;
    }
  /** The server did not take the request; 0x10 means that nobody would get it. */
  | { readonly kind: 'requestRefused'; readonly reasonCode: number; readonly reasonString?: string }
  | { readonly kind: 'timedOut'; readonly milliseconds: number }
  /** So many wait already, or so many bytes of them, that one more would be without bound. */
  | { readonly kind: 'tooManyOutstanding'; readonly outstanding: number }
  /** Each Response Topic is a subscription, and this client has as many for responses as it may have. */
  | { readonly kind: 'tooManyResponseTopics'; readonly topics: number };

/** What a request rejects with that gets no response. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(readonly failure: RequestFailure) {
    super(failureWords(failure));
  }
}

/** What of a client requests need. */
export interface RequestingClient {
  readonly state: ClientState;
  readonly onDidChangeState: Event<ClientState>;
  readonly onMessages: Event<readonly ReceivedMessage[]>;
  publish(message: MessageToPublish): Promise<PublishOutcome>;
  subscribe(subscriptions: readonly Subscription[]): Promise<SubscriptionOutcome>;
}

/** How many requests may wait for their response at once. Their bytes are bounded too, as those of the queue are. */
export const mostRequests = 1000;

/** How many Response Topics a connection may have. */
export const mostResponseTopics = 100;

const defaultTimeout = 10_000;

const noMatchingSubscribers = 0x10;

interface Waiting {
  readonly topicName: string;
  /** Of its request, in bytes. */
  readonly size: number;
  readonly resolve: (response: ReceivedMessage) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Requests and their responses (4.10). A response is known by its Correlation Data and the topic it comes to; everything
 * else is left alone. The client delivers responses like all messages besides.
 */
export class Requester implements Disposable {
  private readonly waiting = new Map<string, Waiting>();
  /** Response Topics of this connection, with the SUBSCRIBE that made each. */
  private readonly subscribed = new Map<string, Promise<void>>();
  private readonly listeners: readonly Disposable[];
  /** Makes Correlation Data of this one differ from those of an earlier one whose responses may still come. */
  private readonly begun: number;
  private last = 0;
  private waitingBytes = 0;

  /** @param mostBytes of the requests that may wait for their responses; one that is alone may be larger */
  constructor(
    private readonly client: RequestingClient,
    private readonly clock: Clock,
    private readonly mostBytes: number,
  ) {
    this.begun = Math.floor(clock.now());
    this.listeners = [
      client.onMessages((messages) => this.received(messages)),
      client.onDidChangeState((state) => this.stateChanged(state)),
    ];
  }

  /** Publishes a request and resolves with the response; rejects with a {@link RequestError}, or as the client does. */
  async request(message: MessageToPublish, options: RequestOptions = {}): Promise<ReceivedMessage> {
    const { state } = this.client;
    if (state.state === 'connected' && state.version !== 5) throw new RequestError({ kind: 'needsVersion5' });
    const outstanding = this.waiting.size;
    const size = this.sizeOf(message);
    const isFull = outstanding >= mostRequests || this.waitingBytes + size > this.mostBytes;
    if (outstanding > 0 && isFull) throw new RequestError({ kind: 'tooManyOutstanding', outstanding });
    const topicName = this.responseTopic(message, options);
    const correlationData = this.nextCorrelation();
    const { timeout = defaultTimeout } = options;
    const key = toHex(correlationData);
    const properties = { ...message.properties, responseTopic: topicName, correlationData };
    let timer: Disposable | undefined;
    try {
      return await new Promise<ReceivedMessage>((resolve, reject) => {
        this.waiting.set(key, { topicName, size, resolve, reject });
        this.waitingBytes += size;
        timer = this.clock.schedule(this.clock.now() + timeout, () =>
          reject(new RequestError({ kind: 'timedOut', milliseconds: timeout })),
        );
        this.send({ ...message, properties }, topicName).catch(reject);
      });
    } finally {
      timer?.dispose();
      if (this.waiting.delete(key)) this.waitingBytes -= size;
    }
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.rejectAll(new ClientError({ kind: 'notConnected' }));
  }

  private sizeOf(message: MessageToPublish): number {
    try {
      return sizeOf(message);
    } catch (error) {
      throw unencodable(error);
    }
  }

  private async send(message: MessageToPublish, topicName: string): Promise<void> {
    await this.subscribe(topicName);
    const { reasonCode, properties } = await this.client.publish(message);
    if (reasonCode < 0x80 && reasonCode !== noMatchingSubscribers) return;
    throw new RequestError({ kind: 'requestRefused', reasonCode, ...reasonOf(properties) });
  }

  /** A topic that is this client's alone, since no other has its Client Identifier (4.10.2). */
  private responseTopic({ properties }: MessageToPublish, { responseTopicPrefix }: RequestOptions): string {
    if (properties?.responseTopic !== undefined) return properties.responseTopic;
    const { state } = this.client;
    if (state.state !== 'connected') throw new ClientError({ kind: 'notConnected' });
    const { clientIdentifier, properties: connack } = state.negotiated;
    const base = connack.responseInformation ?? responseTopicPrefix;
    if (base === undefined || base === '') throw new RequestError({ kind: 'noResponseTopic' });
    return `${base.replace(/\/$/, '')}/${encodeURIComponent(clientIdentifier)}`;
  }

  private subscribe(topicName: string): Promise<void> {
    const before = this.subscribed.get(topicName);
    if (before) return before;
    const topics = this.subscribed.size;
    if (topics >= mostResponseTopics) {
      return Promise.reject(new RequestError({ kind: 'tooManyResponseTopics', topics }));
    }
    const subscribing = this.client.subscribe([responses(topicName)]).then(({ reasonCodes, properties }) => {
      const [reasonCode = 0x80] = reasonCodes;
      if (reasonCode < 0x80) return;
      throw new RequestError({
        kind: 'responseTopicRefused',
        ...{ topicName, reasonCode, ...reasonOf(properties) },
      });
    });
    this.subscribed.set(topicName, subscribing);
    // What failed is tried again by the next request.
    subscribing.catch(() => {
      // Of an earlier connection, its end says nothing about what this one has.
      if (this.subscribed.get(topicName) === subscribing) this.subscribed.delete(topicName);
    });
    return subscribing;
  }

  private received(messages: readonly ReceivedMessage[]): void {
    if (this.waiting.size === 0) return;
    for (const message of messages) {
      const { correlationData } = message.properties;
      const waiting = correlationData && this.waiting.get(toHex(correlationData));
      if (waiting?.topicName === message.topicName) waiting.resolve(message);
    }
  }

  private stateChanged({ state }: ClientState): void {
    if (state === 'connected') return;
    this.subscribed.clear();
    if (state === 'disconnected') this.rejectAll(new ClientError({ kind: 'notConnected' }));
  }

  private rejectAll(error: Error): void {
    for (const { reject } of [...this.waiting.values()]) reject(error);
  }

  /** When this began, in six bytes, and how many there were, in four. */
  private nextCorrelation(): Uint8Array {
    const bytes = new DataView(new ArrayBuffer(10));
    bytes.setUint16(0, Math.floor(this.begun / 0x1_0000_0000));
    bytes.setUint32(2, this.begun % 0x1_0000_0000);
    bytes.setUint32(6, ++this.last);
    return new Uint8Array(bytes.buffer);
  }
}

function responses(topicFilter: string): Subscription {
  return { topicFilter, qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 2 };
}

function reasonOf({ reasonString }: { reasonString?: string }): { reasonString?: string } {
  return reasonString === undefined ? {} : { reasonString };
}
