import assert from 'node:assert/strict';
import { decode, encode, PacketReader, PacketWriter } from '../../src/protocol/codec';
import { packetTypeNames } from '../../src/protocol/controlPacket';
import { dissect } from '../../src/protocol/dissect';
import { packetCatalogue } from '../../src/protocol/packetCatalogue';
import { PacketFramer } from '../../src/protocol/packetFramer';
import type { Violation } from '../../src/protocol/violations';
import { clauseOf, violationTable } from '../../src/protocol/violations';
import { wireCatalogue } from '../../src/protocol/wireCatalogue';
import { assertTiles } from '../support/fieldTiling';
import type { Vector } from '../support/vectors';
import { loadVectors } from '../support/vectors';
import { violationOf } from '../support/violationOf';

const vectors = loadVectors();

/** What only encoding can break; the test named here shows it. */
const shownElsewhere = {
  stringTooLong: 'encode.test.ts',
  binaryTooLong: 'encode.test.ts',
  numberOutOfRange: 'encode.test.ts',
} as const;

/** Every place in `[0, length)`, or where there are too many those at both ends. */
function places(length: number): readonly number[] {
  const most = length <= 400 ? length : length < 100_000 ? 100 : 16;
  return Array.from({ length: most }, (_, index) => (index < most / 2 ? index : length - most + index));
}

function checkDecoding({ bytes, version, packet, fatal }: Vector): void {
  const violation = violationOf(() => assert.deepEqual(decode(bytes, version), packet));
  assert.deepEqual(violation && [violation.id, violation.offset], fatal && [fatal.id, fatal.offset]);
  // The packet may lie anywhere in a larger buffer.
  const around = new Uint8Array(bytes.length + 7).fill(0xff);
  around.set(bytes, 3);
  const moved = violationOf(() => assert.deepEqual(decode(around, version, 3, 3 + bytes.length), packet));
  assert.deepEqual(moved, violation);
  const byLayout = () => new PacketReader().readByLayout(bytes, 0, bytes.length, version);
  assert.deepEqual(
    violationOf(() => assert.deepEqual(byLayout(), packet)),
    violation,
  );
}

function checkEncoding({ bytes, version, packet, canonical }: Vector): void {
  if (!packet) return;
  const encoded = encode(packet, version);
  const writer = new PacketWriter();
  writer.writeByLayout(packet, version);
  assert.deepEqual(writer.take(), encoded);
  if (canonical) assert.deepEqual(encoded, bytes);
  else {
    assert.notDeepEqual(encoded, bytes, 'a vector that is not canonical is encoded otherwise');
    assert.deepEqual(decode(encoded, version), packet);
  }
}

function checkDissection({ bytes, version, packet, violations, context }: Vector): void {
  const dissection = dissect(bytes, context);
  assert.deepEqual(
    dissection.violations.map((violation) => ({
      id: violation.id,
      offset: violation.offset,
      clause: clauseOf(violation, version),
    })),
    violations,
  );
  if (packet) {
    assert.deepEqual(dissection.packet, packet);
    assert.equal(dissection.version, version);
  }
  const code = bytes[0] === undefined ? 0 : bytes[0] >> 4;
  assert.equal(dissection.packetType, code === 0 ? undefined : packetTypeNames[code]);
  assertTiles(dissection.fields, 0, bytes.length);
}

function checkPrefixes({ bytes, version, fatal }: Vector): void {
  for (const length of places(bytes.length)) {
    const prefix = bytes.subarray(0, length);
    // What is cut may have been no part of the packet.
    const whole = fatal?.id === 'bytesAfterPacket' && length === fatal.offset;
    if ((violationOf(() => decode(prefix, version)) === undefined) !== whole) assert.fail(`${length} bytes`);
    assertTiles(dissect(prefix, { version }).fields, 0, length);
  }
}

interface Framed {
  readonly packets: readonly Uint8Array[];
  /** What is left. */
  readonly pending?: Uint8Array;
  /** What the framer stops at. */
  readonly violation?: Violation;
}

function outcome({ packets, pending, violation }: Framed): string {
  const bytes = [...packets, pending ?? new Uint8Array(0)];
  return `${bytes.map((part) => Buffer.from(part).toString('base64')).join('|')} ${violation?.id} ${violation?.offset}`;
}

function framed(chunks: readonly Uint8Array[]): Framed {
  const framer = new PacketFramer();
  const packets: Uint8Array[] = [];
  const violation = violationOf(() => {
    for (const chunk of chunks) {
      framer.push(chunk, (buffer, start, end) => packets.push(buffer.slice(start, end)));
    }
  });
  return violation ? { packets, violation } : { packets, pending: framer.pending };
}

function checkSplits({ bytes, packet }: Vector): void {
  const whole = framed([bytes]);
  if (packet) assert.deepEqual(whole, { packets: [bytes], pending: new Uint8Array(0) });
  const expected = outcome(whole);
  for (const at of places(bytes.length)) {
    const split = outcome(framed([bytes.subarray(0, at), bytes.subarray(at)]));
    if (split !== expected) assert.fail(`split at ${at}: ${split} instead of ${expected}`);
  }
}

const files = [...new Set(vectors.map(({ file }) => file))];
for (const file of files) {
  describe(`Vectors of ${file}`, () => {
    for (const vector of vectors.filter((candidate) => candidate.file === file)) {
      it(vector.name, () => {
        checkDecoding(vector);
        checkEncoding(vector);
        checkDissection(vector);
        checkPrefixes(vector);
        checkSplits(vector);
      });
    }
  });
}

describe('The vectors', () => {
  it('are named each by a name of its own', () => {
    const names = vectors.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  it('are at least 400, 200 of them malformed', () => {
    assert.ok(vectors.length >= 400);
    assert.ok(vectors.filter(({ fatal }) => fatal).length >= 200);
  });

  it('have a packet unless there is a violation to throw', () => {
    for (const { name, packet, fatal } of vectors)
      assert.equal(packet === undefined, fatal !== undefined, name);
  });

  it('have a packet although a rule is broken only where that is tolerated or up to earlier packets', () => {
    for (const { name, file, packet, violations } of vectors) {
      const broken = violations.find(({ id }) => !violationTable[id].tolerated);
      if (packet && file !== 'context') assert.equal(broken, undefined, name);
    }
  });

  it('show each violation that a packet alone can break', () => {
    const shown = new Set<string>(vectors.flatMap(({ violations }) => violations.map(({ id }) => id)));
    const missing = Object.keys({ ...wireCatalogue, ...packetCatalogue }).filter((id) => !shown.has(id));
    assert.deepEqual(missing.sort(), Object.keys(shownElsewhere).sort());
  });

  for (const version of [3, 4, 5] as const) {
    it(`have each packet type well-formed and malformed at protocol level ${version}`, () => {
      for (const [code, type] of packetTypeNames.entries()) {
        const its = vectors.filter(
          (vector) => vector.version === version && (vector.bytes[0] ?? 0) >> 4 === code,
        );
        const mayExist = type !== 'RESERVED' && (type !== 'AUTH' || version === 5);
        assert.equal(
          its.some(({ packet }) => packet),
          mayExist,
          `${type}, well-formed`,
        );
        assert.ok(
          its.some(({ fatal }) => fatal),
          `${type}, malformed`,
        );
      }
    });
  }
});
