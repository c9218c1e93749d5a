import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { concatBytes, fromHex } from '../../src/base/bytes';
import type { ControlPacket, PacketType, ProtocolVersion, QoS } from '../../src/protocol/controlPacket';
import type { DissectionContext } from '../../src/protocol/dissect';
import type { IdentifierContext } from '../../src/protocol/dissectionContext';
import type { IdentifiedType, IdentifierUse, IdentifierUses } from '../../src/protocol/packetIdentifiers';
import type { ViolationId } from '../../src/protocol/violations';
import { violationTable } from '../../src/protocol/violations';
import { repositoryRoot } from './paths';

/** A violation as a vector states it: `offset` in bytes, `clause` that of the vector's version. */
export interface ExpectedViolation {
  readonly id: ViolationId;
  readonly offset: number;
  readonly clause: string;
}

/** One packet of test/vectors with everything that is to be found out about it; README.md there explains the form. */
export interface Vector {
  readonly file: string;
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly bytes: Uint8Array;
  /** Undefined where decoding refuses the bytes. */
  readonly packet: ControlPacket | undefined;
  readonly violations: readonly ExpectedViolation[];
  /** The violation that decoding throws. */
  readonly fatal: ExpectedViolation | undefined;
  readonly context: DissectionContext;
  /** Whether encoding the packet gives these very bytes. */
  readonly canonical: boolean;
}

/** A context with objects for its maps. */
type ContextText = Omit<DissectionContext, 'version' | 'topicAliases' | 'openRequests' | 'identifiers'> & {
  readonly topicAliases?: Readonly<Record<string, string>>;
  readonly openRequests?: Readonly<Record<string, number>>;
  readonly identifiers?: IdentifiersText;
};

type UsesText = Readonly<
  Record<string, { readonly type: IdentifiedType; readonly qos: QoS; readonly awaits: readonly PacketType[] }>
>;

/** All that stand there are in use; `messagesInFlight` is that of the sender. */
type IdentifiersText = Pick<IdentifierContext, 'fromConnect' | 'newSession'> & {
  readonly own: UsesText;
  readonly peers: UsesText;
  readonly messagesInFlight: number;
};

interface VectorText {
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly hex: readonly string[];
  readonly packet?: object;
  readonly violations?: readonly ExpectedViolation[];
  readonly context?: ContextText;
  readonly canonical?: false;
  readonly thrown?: ViolationId;
}

const folder = path.join(repositoryRoot, 'test/vectors');

/** All vectors, file by file. */
export function loadVectors(): readonly Vector[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().flatMap((file) => {
    const texts = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as readonly VectorText[];
    return texts.map((text) => toVector(path.basename(file, '.json'), text));
  });
}

/** The bytes of lines of hexadecimal digits; `61 * 20` repeats a group, `#` starts a comment. */
function parseCommentedHex(lines: readonly string[]): Uint8Array {
  return concatBytes(lines.flatMap((line) => (line.split('#')[0] ?? '').split(',').map(parseGroup)));
}

function parseGroup(group: string): Uint8Array {
  const [digits = '', count = '1'] = group.split('*');
  const bytes = fromHex(digits);
  if (bytes === undefined) throw new Error(`not hexadecimal: ${group}`);
  const repeated = new Uint8Array(bytes.length * Number(count));
  repeated.set(bytes);
  // Twice as much with each copy: some vectors are megabytes long.
  for (let done = bytes.length; done < repeated.length; done *= 2) repeated.copyWithin(done, 0, done);
  return repeated;
}

function toVector(file: string, text: VectorText): Vector {
  const violations = text.violations ?? [];
  return {
    file,
    name: text.name,
    version: text.version,
    bytes: parseCommentedHex(text.hex),
    packet: text.packet && toPacket(text.packet),
    violations,
    fatal: text.packet
      ? undefined
      : violations.find(({ id }) => (text.thrown ? id === text.thrown : !violationTable[id].tolerated)),
    context: { ...toContext(text.context ?? {}), version: text.version },
    canonical: text.canonical ?? true,
  };
}

function toContext({
  topicAliases,
  openRequests,
  identifiers,
  ...context
}: ContextText): Omit<DissectionContext, 'version'> {
  return {
    ...context,
    ...(topicAliases && { topicAliases: byNumber(topicAliases) }),
    ...(openRequests && { openRequests: byNumber(openRequests) }),
    ...(identifiers && { identifiers: toIdentifiers(identifiers) }),
  };
}

function toIdentifiers({ own, peers, messagesInFlight, ...known }: IdentifiersText): IdentifierContext {
  return { ...known, own: toUses(own, messagesInFlight), peers: toUses(peers, 0) };
}

function toUses(text: UsesText, messagesInFlight: number): IdentifierUses {
  const uses = Object.entries(text).map(([identifier, { type, qos, awaits }]) => {
    const use: IdentifierUse = {
      ...{ type, qos, inUse: true, filters: undefined },
      awaits: (answer) => awaits.includes(answer),
    };
    return [Number(identifier), use] as const;
  });
  const byIdentifier = new Map(uses);
  return { messagesInFlight, get: (identifier) => byIdentifier.get(identifier) };
}

function byNumber<T>(object: Readonly<Record<string, T>>): ReadonlyMap<number, T> {
  return new Map(Object.entries(object).map(([key, value]) => [Number(key), value]));
}

/** A packet from its JSON, where `{ "hex": ... }` stands for bytes and what CONNECT leaves out is left out. */
function toPacket(json: object): ControlPacket {
  const packet = revive(json) as ControlPacket;
  if (packet.type !== 'CONNECT') return packet;
  return Object.assign({ will: undefined, userName: undefined, password: undefined }, packet);
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('hex' in value) return parseCommentedHex([String(value.hex)]);
  return Object.fromEntries(Object.entries(value).map(([key, content]) => [key, revive(content)]));
}
