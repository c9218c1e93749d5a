import type { Publish } from '../protocol/controlPacket';
import { ProtocolViolation } from '../protocol/violations';

/**
 * One direction of Topic Aliases on one Network Connection (3.3.2.3.4). A new connection starts with an empty one
 * [MQTT-3.3.2-7].
 */
export class TopicAliases {
  private topicNames: (string | undefined)[] | undefined;

  /** @param maximum the Topic Alias Maximum of the side that receives; 0 allows none */
  constructor(private readonly maximum: number) {}

  /**
   * The Topic Name a PUBLISH means, after noting the mapping it sets. Throws {@link ProtocolViolation} where the alias is
   * not allowed or stands for nothing.
   */
  resolve(packet: Publish): string {
    const topicName = this.nameOf(packet);
    this.note(packet);
    return topicName;
  }

  /** The Topic Name a PUBLISH means, with nothing noted; throws as {@link resolve} does. */
  nameOf({ topicName, properties }: Publish): string {
    const alias = properties.topicAlias;
    if (alias === undefined) return topicName;
    // [MQTT-3.3.2-8] [MQTT-3.3.2-9] [MQTT-3.3.2-11]
    if (alias === 0) throw new ProtocolViolation({ id: 'topicAliasZero', offset: 0 });
    if (alias > this.maximum)
      throw new ProtocolViolation({ id: 'topicAliasTooLarge', offset: 0, value: alias });
    if (topicName !== '') return topicName;
    const known = this.topicNames?.[alias];
    if (known === undefined)
      throw new ProtocolViolation({ id: 'topicAliasUnknown', offset: 0, value: alias });
    return known;
  }

  /** What an alias stands for so far. */
  known(alias: number): string | undefined {
    return this.topicNames?.[alias];
  }

  /** Notes the mapping a PUBLISH sets that {@link nameOf} found to be allowed. */
  note({ topicName, properties }: Publish): void {
    const alias = properties.topicAlias;
    if (alias === undefined || topicName === '') return;
    this.topicNames ??= [];
    this.topicNames[alias] = topicName;
  }
}
