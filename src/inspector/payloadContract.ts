import type { PayloadRule } from './payloadRules';
import type { PayloadMode } from '../payload/payloadMode';

/** Which message of the topic is wanted: the one before a packet, or the one after it. */
export type TopicStep = 'previous' | 'next';

/** Where a payload may go. */
export type PayloadPlace = 'editor' | 'file';

/** What the payload pane asks of the extension host. */
export interface PayloadHost {
  /**
   * The nearest PUBLISH before or after a packet with the same topic, client and direction, or undefined where the log
   * holds none.
   */
  topicNeighbour(sequence: number, step: TopicStep): number | undefined;
  /** What the settings say payloads of topics are shown as, the first that fits counts. */
  payloadRules(): readonly PayloadRule[];
  /**
   * Asks the person for which topics a payload is to be shown so, and writes it into the settings; `auto` takes the rule
   * out again. False where the person changed his mind.
   */
  rememberPayloadMode(topic: string, mode: PayloadMode): boolean;
  /** Opens the payload of a packet, all of it, in an editor, or saves it to a file. */
  takePayload(sequence: number, where: PayloadPlace): void;
}

/** What the extension host tells the payload pane. */
export interface PayloadListener {
  payloadRulesChanged(rules: readonly PayloadRule[]): void;
}
