/** A word of the language with what it means, for completion. */
export interface Described {
  readonly name: string;
  readonly description: string;
}

/** What the language takes from MQTT. It knows fields and operators itself; names and rules of the wire come from there. */
export interface Vocabulary {
  /** Names that `packet` may have. */
  readonly packets: readonly Described[];
  /** Names that follow `property.`, without `user`. */
  readonly properties: readonly Described[];
  /** Names and severities that `violation` may have. */
  readonly violations: readonly Described[];
  /** Reason Codes with their names. */
  readonly reasons: readonly { readonly code: number; readonly name: string }[];
  /** What is wrong with a Topic Filter, in words; undefined where nothing is. */
  topicFilterProblem(topicFilter: string): string | undefined;
}
