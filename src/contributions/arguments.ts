type FieldType = 'string' | 'number';
type ArgumentShape = Readonly<Record<string, FieldType>>;

/**
 * What a command may be given, by name. A menu of a tree hands over the row's element, which has these fields; a key
 * binding or another extension may hand over anything, which {@link isArgument} sorts out.
 */
export const argumentShapes = {
  connection: { connectionKey: 'string' },
  /** Of the `user` or the `workspace`. */
  settings: { scope: 'string' },
  filter: { connectionKey: 'string', topicFilter: 'string' },
  topic: { connectionKey: 'string', topicName: 'string' },
  /** A row of the Subscriptions view that has more levels than it shows. */
  topicRow: { rowId: 'string' },
  /** `uri` of a document, the line of a block's request, counted from 0, and the version of the document it counts in. */
  snippet: { uri: 'string', line: 'number', version: 'number' },
  /** The place of a packet in the packet log. */
  packet: { sequence: 'number' },
  /** A column of an inspector's list. */
  column: { column: 'string' },
  /** A client of the local broker, or the Session of one. */
  brokerClient: { clientIdentifier: 'string' },
  /** A retained message of the local broker. */
  retained: { retainedTopic: 'string' },
  /** A mistake of a client of the local broker. */
  brokerProblem: { problemKey: 'string' },
  /** Where the local broker is reached. */
  brokerAddress: { url: 'string' },
  /** A row of the local broker that stands for the rest of a list. */
  brokerRow: { id: 'string' },
} as const satisfies Readonly<Record<string, ArgumentShape>>;

export type ArgumentName = keyof typeof argumentShapes;

interface FieldTypes {
  string: string;
  number: number;
}

export type ArgumentOf<N extends ArgumentName> = {
  readonly [F in keyof (typeof argumentShapes)[N]]: (typeof argumentShapes)[N][F] extends FieldType
    ? FieldTypes[(typeof argumentShapes)[N][F]]
    : never;
};

export type ConnectionArgument = ArgumentOf<'connection'>;
export type SettingsArgument = ArgumentOf<'settings'>;
export type FilterArgument = ArgumentOf<'filter'>;
export type TopicArgument = ArgumentOf<'topic'>;
export type SnippetArgument = ArgumentOf<'snippet'>;
export type BrokerClientArgument = ArgumentOf<'brokerClient'>;
export type RetainedArgument = ArgumentOf<'retained'>;
export type BrokerProblemArgument = ArgumentOf<'brokerProblem'>;
export type BrokerAddressArgument = ArgumentOf<'brokerAddress'>;

/** Whether a value from outside has the fields of an argument; it may have more. */
export function isArgument<N extends ArgumentName>(name: N, value: unknown): value is ArgumentOf<N> {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(argumentShapes[name]).every(([field, type]) => typeof fields[field] === type);
}
