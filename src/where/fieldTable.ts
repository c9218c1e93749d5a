/** What a field is compared with. `any` is what a payload decodes to. */
export type FieldKind = 'any' | 'text' | 'hex' | 'topic' | 'number' | 'boolean' | 'time' | 'choice' | 'code';

/** What may follow the name: members of a payload, a level of a topic, the name of a property. */
export type FieldPath = 'none' | 'members' | 'level' | 'property';

export interface FieldDefinition {
  readonly kind: FieldKind;
  readonly path: FieldPath;
  readonly description: string;
}

const field = (kind: FieldKind, description: string, path: FieldPath = 'none'): FieldDefinition => ({
  kind,
  path,
  description,
});

const table = {
  payload: field('any', 'the decoded payload, or a part of it: payload.path[0].x', 'members'),
  text: field('text', 'the payload as UTF-8 text'),
  hex: field('hex', 'the payload as hexadecimal digits, "de ad be ef"'),
  size: field('number', 'bytes of the payload'),
  topic: field('topic', 'the Topic Name, or a level of it: topic[0]', 'level'),
  qos: field('number', 'QoS of a PUBLISH, 0 to 2'),
  retain: field('boolean', 'RETAIN flag of a PUBLISH'),
  dup: field('boolean', 'DUP flag of a PUBLISH'),
  id: field('number', 'Packet Identifier'),
  property: field('text', 'a property of MQTT 5.0: property.contentType, property.user.name', 'property'),
  packet: field('choice', 'the type of the packet, such as PUBLISH'),
  direction: field('choice', 'which way it went: in, out, or decoded for bytes of no connection'),
  client: field('text', 'the name of the connection, or the Client Identifier in it'),
  reason: field('code', 'Reason Code or return code, by number or by name'),
  violation: field('text', 'what breaks a rule: its name, its clause or its severity'),
  time: field('time', 'when the packet was captured: "14:02:11" or "2026-11-22T14:02:11.5"'),
  length: field('number', 'bytes of the whole packet'),
} as const satisfies Readonly<Record<string, FieldDefinition>>;

export type FieldName = keyof typeof table;

export const fieldTable: Readonly<Record<FieldName, FieldDefinition>> = table;

export const fieldNames = Object.keys(table) as readonly FieldName[];

export const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof comparisons)[number];

/** Operators that stand between a field and a value, and `exists`, which stands after a field alone. */
export type Operator = Comparison | '~' | 'contains' | 'matches' | 'exists';

export const operatorTable: Readonly<Record<Operator, string>> = {
  '==': 'is equal to',
  '!=': 'is there and is not equal to',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is greater than',
  '>=': 'is at least',
  '~': 'is matched by the Topic Filter, such as "devices/+/state"',
  contains: 'has this text, member or element in it',
  matches: 'has a part that the regular expression describes',
  exists: 'is there',
};

const order: readonly Operator[] = ['<', '<=', '>', '>='];
const equality: readonly Operator[] = ['==', '!='];
const words: readonly Operator[] = ['contains', 'matches'];

/** In the order in which they are offered. */
export const operatorsOf: Readonly<Record<FieldKind, readonly Operator[]>> = {
  any: [...equality, ...words, ...order, 'exists'],
  text: [...equality, ...words, ...order, 'exists'],
  hex: [...equality, ...words, 'exists'],
  topic: ['~', ...equality, ...words, ...order, 'exists'],
  number: [...equality, ...order, 'exists'],
  boolean: [...equality, 'exists'],
  time: [...order, ...equality, 'exists'],
  choice: [...equality, 'exists'],
  code: [...equality, ...order, ...words, 'exists'],
};

/** Values of `direction`, and other words for them. */
export const directions: readonly {
  readonly name: string;
  readonly description: string;
  readonly also?: string;
}[] = [
  { name: 'in', description: 'received', also: 'received' },
  { name: 'out', description: 'sent', also: 'sent' },
  { name: 'decoded', description: 'bytes that came over no connection' },
];
