import { ClientError } from '../../client/clientFailure';
import { type MqttClient, mostFiltersTogether, type SubscriptionOutcome } from '../../client/mqttClient';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import type { Properties } from '../../protocol/properties';
import { ProtocolViolation } from '../../protocol/violations';
import { subscriptionOf } from './profileClientOptions';
import type { ServersWords, SubscribedFilter, SubscribedFilters } from './subscribedFilters';

/** What happened to a SUBSCRIBE or UNSUBSCRIBE of one filter, with what the server said besides. */
export interface FilterOutcome extends ServersWords {
  /** The reason code of SUBACK or UNSUBACK; undefined where the connection was down and there was nothing to send. */
  readonly reasonCode: number | undefined;
}

/** Whose filters are asked for. */
interface Asking {
  /** Throws where there is no connection. */
  client(): MqttClient;
  isConnected(): boolean;
  version(): ProtocolVersion;
  /** The answer to a filter was noted. */
  answered(): void;
}

/** Asks the server for filters and for their end, and notes at each what became of it. */
export class FilterRequests {
  constructor(
    private readonly filters: SubscribedFilters,
    private readonly asking: Asking,
  ) {}

  /** Subscribes to one filter. Rejects with a {@link ProtocolViolation} where the server said that it does not take it. */
  async subscribe(filter: SubscribedFilter): Promise<FilterOutcome> {
    const answer = await this.send([filter]);
    return answer ? outcomeOf(answer) : { reasonCode: undefined };
  }

  /**
   * Subscribes to all of them, few in a packet. Where one packet breaks a rule, each of its filters is asked for alone, so that
   * one the server does not take holds up no other. Rejects with the first rule that was broken; the filters know theirs.
   */
  async subscribeAll(filters: readonly SubscribedFilter[]): Promise<void> {
    const packets: SubscribedFilter[][] = [];
    for (let at = 0; at < filters.length; at += mostFiltersTogether) {
      packets.push(filters.slice(at, at + mostFiltersTogether));
    }
    await Promise.all(packets.map((packet) => this.sendOrDivide(packet)));
  }

  /** Resolves without a reason code where the connection ends before the answer: then there is no subscription to end. */
  async unsubscribe(topicFilter: string): Promise<FilterOutcome> {
    try {
      return outcomeOf(await this.asking.client().unsubscribe([topicFilter]));
    } catch (error) {
      if (error instanceof ClientError) return { reasonCode: undefined };
      throw error;
    }
  }

  private async sendOrDivide(filters: readonly SubscribedFilter[]): Promise<void> {
    try {
      await this.send(filters);
    } catch (error) {
      if (!(error instanceof ProtocolViolation) || filters.length === 1) throw error;
      await Promise.all(filters.map((filter) => this.send([filter])));
    }
  }

  /** One SUBSCRIBE; the answers are noted at the filters, also when the connection ends before. Undefined where it did. */
  private async send(filters: readonly SubscribedFilter[]): Promise<SubscriptionOutcome | undefined> {
    try {
      const answer = await this.asking
        .client()
        .subscribe(filters.map((filter) => subscriptionOf(filter, this.asking.version())));
      const words = wordsOf(answer.properties);
      filters.forEach((filter, index) => {
        const reasonCode = answer.reasonCodes[index];
        if (reasonCode !== undefined) this.filters.answered(filter, { reasonCode, ...words });
      });
      return answer;
    } catch (error) {
      const [filter] = filters;
      if (error instanceof ProtocolViolation && filter && filters.length === 1) {
        this.filters.answered(filter, { violation: error.violation });
      }
      // A connection that ends meanwhile is told by its state, and the filters go out again with the next one.
      if (this.asking.isConnected()) throw error;
      return undefined;
    } finally {
      this.asking.answered();
    }
  }
}

function outcomeOf({ reasonCodes, properties }: SubscriptionOutcome): FilterOutcome {
  return { reasonCode: reasonCodes[0], ...wordsOf(properties) };
}

function wordsOf({ reasonString, userProperties }: Properties): ServersWords {
  return {
    ...(reasonString !== undefined && { reasonString }),
    ...(userProperties !== undefined && { userProperties }),
  };
}
