import { toBase64 } from '../base/base64';
import { equalBytes, toHex } from '../base/bytes';
import { decodeUtf8 } from '../base/utf8';
import { payloadRoot, withIndex, withName } from '../payload/payloadPath';
import { payloadValue } from '../payload/payloadValue';
import type { Publish } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { parse } from './parser';
import { publishPlan, type PublishPlan } from './publishPlan';

/** What a block of the language can say of a message that was captured. */
export type CapturedMessage = Pick<Publish, 'topicName' | 'qos' | 'retain' | 'properties' | 'payload'>;

export type LineBreak = '\n' | '\r\n';

/** How many conditions an expectation states of one payload: more than that nobody reads. */
const mostConditions = 12;
/** Bytes of a payload whose values are stated: what is longer takes too long to read. */
const longestExpected = 1024 * 1024;
/** Characters of a condition. */
const longestLine = 200;
const bytesPerLine = 32;

/**
 * A block that publishes exactly this message, without a line break at its end. Its payload is text where the language
 * keeps every byte of that, else hexadecimal; each form is read back before it is given away. Undefined where the language
 * cannot say it, such as a topic with a space at its end.
 * @param title what the block is called.
 * @param lineBreak that of the file: an editor has one kind alone.
 */
export async function publishBlock(
  message: CapturedMessage,
  title: string,
  lineBreak: LineBreak = '\n',
): Promise<string | undefined> {
  for (const body of bodies(message.payload, lineBreak)) {
    const text = [
      `### ${oneLine(title)}`,
      `PUBLISH ${escaped(message.topicName)}`,
      ...headerLines(message),
      ...body.headers,
      ...(body.lines === undefined ? [] : ['', body.lines]),
    ].join('\n');
    // Alone and with another block behind it: what ends a body differs.
    if ((await says(text, message)) && (await says(`${text}\n\n### Next\nPUBLISH a\n`, message))) return text;
  }
  return undefined;
}

/**
 * A block that expects a message like this one, without a line break at its end. Undefined where the language cannot say
 * it: a topic may have line breaks, after which a stranger's own blocks would follow.
 */
export function expectBlock(message: CapturedMessage, title: string): string | undefined {
  const argument = escaped(message.topicName);
  const wanted = conditions(message);
  const text = [
    `### ${oneLine(title)}`,
    `EXPECT ${argument}`,
    'Within: 5s',
    ...wanted.map((condition) => `Where: ${condition}`),
  ].join('\n');
  const { blocks, problems } = parse(text);
  const [block, ...others] = blocks;
  const isSaid =
    block?.request?.argument.text === argument &&
    block.headers.length === 1 + wanted.length &&
    block.body === undefined;
  return isSaid && others.length === 0 && problems.length === 0 ? text : undefined;
}

function conditions({ payload, qos, retain }: CapturedMessage): readonly string[] {
  const flags = [`qos == ${qos}`, ...(retain ? ['retain == true'] : [])];
  const text = decodeUtf8(payload);
  if (text === undefined) return [...flags, ...binaryConditions(payload)];
  const paths = scalarPaths(payload);
  if (paths) return [...flags, ...paths];
  return [
    ...flags,
    ...(isOneLine(text) ? [`text == ${JSON.stringify(escaped(text))}`] : binaryConditions(payload)),
  ];
}

function binaryConditions(payload: Uint8Array): readonly string[] {
  const size = `size == ${payload.length}`;
  return payload.length <= 64 ? [`hex == "${toHex(payload)}"`] : [size];
}

/** One condition for each value of a JSON object, or undefined where the payload is none. */
function scalarPaths(payload: Uint8Array): readonly string[] | undefined {
  if (payload.length > longestExpected) return undefined;
  // The value that the condition will be held against: whole numbers keep all their digits.
  const value = payloadValue(payload)?.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found: string[] = [];
  collect(value, payloadRoot, found);
  return found.length > 0 ? found.slice(0, mostConditions) : undefined;
}

function collect(value: unknown, path: string, found: string[]): void {
  // A path that does not fit in a line has no end of it that does: payloads may be nested without bound.
  if (found.length >= mostConditions || path.length > longestLine) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, withIndex(path, index), found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) collect(item, withName(path, name), found);
  } else if (typeof value !== 'number' || Number.isFinite(value)) {
    const literal = typeof value === 'string' ? JSON.stringify(escaped(value)) : String(value);
    const condition = `${escaped(path)} == ${literal}`;
    if (isOneLine(condition)) found.push(condition);
  }
}

function headerLines({ qos, retain, properties }: CapturedMessage): readonly string[] {
  const { contentType, responseTopic, correlationData, messageExpiryInterval, payloadFormatIndicator } =
    properties;
  return [
    ...(qos > 0 ? [`QoS: ${qos}`] : []),
    ...(retain ? ['Retain: true'] : []),
    ...(contentType === undefined ? [] : [`Content-Type: ${escaped(contentType)}`]),
    ...(responseTopic === undefined ? [] : [`Response-Topic: ${escaped(responseTopic)}`]),
    ...(correlationData === undefined ? [] : [`Correlation-Data: base64:${toBase64(correlationData)}`]),
    ...(messageExpiryInterval === undefined ? [] : [`Message-Expiry-Interval: ${messageExpiryInterval}`]),
    ...(payloadFormatIndicator === undefined ? [] : [`Payload-Format-Indicator: ${payloadFormatIndicator}`]),
    ...(properties.userProperties ?? []).map(
      ([name, value]) => `User-Property: ${escaped(name)}=${escaped(value)}`,
    ),
  ];
}

interface BodyForm {
  readonly headers: readonly string[];
  readonly lines: string | undefined;
}

/** The forms a payload can be written in, the most readable first. */
function bodies(payload: Uint8Array, lineBreak: LineBreak): readonly BodyForm[] {
  if (payload.length === 0) return [{ headers: [], lines: undefined }];
  const text = decodeUtf8(payload);
  const hex: BodyForm = { headers: ['Body: hex'], lines: hexLines(payload) };
  // An editor writes line ends of its own, and marks nobody sees are lost to the next person who edits the file.
  if (text === undefined || /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text))
    return [hex];
  // Saving may take white space off the ends of lines.
  if ((text.includes('\n') && lineBreak !== '\n') || /[ \t](\n|$)/.test(text)) return [hex];
  return [{ headers: [], lines: escaped(text) }, hex];
}

function hexLines(payload: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < payload.length; at += bytesPerLine) {
    lines.push(toHex(payload.subarray(at, at + bytesPerLine), ' ').toUpperCase());
  }
  return lines.join('\n');
}

/** Two braces begin a variable unless a backslash stands before them. */
function escaped(text: string): string {
  return text.replace(/\{\{/g, '\\{{');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function isOneLine(text: string): boolean {
  return text.length <= longestLine && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text);
}

/** Whether the first block of a file comes to exactly this message. */
async function says(text: string, message: CapturedMessage): Promise<boolean> {
  const document = parse(text);
  const [block] = document.blocks;
  if (!block) return false;
  const { plan } = await publishPlan(document, block, {
    now: 0,
    random: () => 0,
    counter: 0,
    connection: () => ({ clientIdentifier: '', version: 5 }),
    readFile: () => Promise.resolve('notFound'),
  });
  return plan !== undefined && isSame(plan, message);
}

function isSame(plan: PublishPlan, message: CapturedMessage): boolean {
  return (
    plan.topicName === message.topicName &&
    plan.qos === message.qos &&
    plan.retain === message.retain &&
    equalBytes(plan.payload, message.payload) &&
    keyOf(plan.properties) === keyOf(message.properties)
  );
}

/** Properties in a form that two equal ones share. */
function keyOf(properties: Properties): string {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined);
  return JSON.stringify(
    entries
      .map(([name, value]) => [name, value instanceof Uint8Array ? toHex(value) : value])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}

/** What to write at the end of a file so that a block follows, and no byte of what the last one sends changes. */
export function appended(text: string, block: string): string {
  if (text === '') return `${block}\n`;
  const exact = parse(text)
    .blocks.at(-1)
    ?.headers.some(({ name }) => name.text.toLowerCase() === 'body-end');
  if (exact === true) return `\n${block}\n`;
  return `${/[\r\n]$/.test(text) ? '' : '\n'}\n${block}\n`;
}

/** What a message is without what meant something on the connection it was captured on alone. */
export function withoutConnection(packet: Publish, topicName: string): CapturedMessage {
  const { qos, retain, payload } = packet;
  const properties = { ...packet.properties };
  // An alias is the connection's [MQTT-3.3.2-7], and a Subscription Identifier the server's to add [MQTT-3.3.4-6].
  delete properties.topicAlias;
  delete properties.subscriptionIdentifiers;
  return { topicName, qos, retain, properties, payload };
}
