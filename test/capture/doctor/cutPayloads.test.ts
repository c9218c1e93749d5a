import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../../src/base/utf8';
import type { Finding } from '../../../src/capture/analysis/doctor/finding';
import { a } from '../../support/packets';
import type { ScriptedCapture } from '../../support/scriptedCapture';
import { findingsOf } from './findingsOf';

const bufferSizes = [128, 256, 512, 1024, 4096];

/** Of a message whose payload is cut to so many bytes: what the doctor says of its length. */
function cuts(payload: Uint8Array, from: 'client' | 'server'): readonly Finding[] {
  const converse = (script: ScriptedCapture): void => {
    const c = script.connected({ clientIdentifier: 'esp32' });
    c[from](a.publish('t', 0, 0, { payload }));
  };
  return findingsOf(converse).filter(({ kind }) => kind === 'payloadCut');
}

const json = encodeUtf8(JSON.stringify({ values: 'x'.repeat(5000) }));
/** Two bytes a character, an odd one in front: every even length ends within one. */
const umlauts = encodeUtf8(`x${'ä'.repeat(3000)}`);
const emoji = encodeUtf8('🌡'.repeat(1500));
const jsonOfUmlauts = encodeUtf8(JSON.stringify({ values: 'ä'.repeat(3000) }));

describe('Payloads that are cut', () => {
  for (const size of bufferSizes) {
    for (const [what, payload] of Object.entries({
      JSON: json.subarray(0, size),
      'text within a character of two bytes': umlauts.subarray(0, size),
      'text within a character of four bytes': emoji.subarray(0, size - 1),
      'JSON within a character': jsonOfUmlauts.subarray(0, size - (size % 2 === jsonOffset() ? 0 : 1)),
      'text within a character, with the zero of a string in C': new Uint8Array([
        ...umlauts.subarray(0, size - 2),
        0,
      ]),
    })) {
      it(`are told at ${size} bytes of ${what}, whoever sent it`, () => {
        for (const from of ['client', 'server'] as const) {
          const [finding] = cuts(payload, from);
          assert.ok(
            finding?.title.includes(`about ${size.toLocaleString('en')} bytes`),
            finding?.title ?? from,
          );
          const own = from === 'client';
          assert.equal(finding?.client, own ? 'esp32' : undefined);
          assert.equal(finding?.sentence.includes('of “esp32” to “t”'), own);
          assert.equal(finding?.sentence.includes('with the topic “t”'), !own);
        }
      });
    }
  }

  it('are not those that are whole, of no usual length, or no text', () => {
    const whole = encodeUtf8('ä'.repeat(128));
    const binary = Uint8Array.from({ length: 256 }, (_, index) => (index * 197) & 0xff);
    for (const payload of [whole, umlauts.subarray(0, 700), binary, encodeUtf8('x'.repeat(256))])
      assert.deepEqual(cuts(payload, 'client'), []);
  });

  it('are counted once where the server passed them on to others', () => {
    const findings = findingsOf((script) => {
      const sender = script.connected({ clientIdentifier: 'esp32' });
      const receiver = script.connected({ clientIdentifier: 'app' });
      const message = a.publish('t', 0, 0, { payload: json.subarray(0, 250) });
      sender.client(message);
      receiver.server(message);
    }).filter(({ kind }) => kind === 'payloadCut');
    assert.deepEqual(
      findings.map(({ count, client }) => [count, client]),
      [[1, 'esp32']],
    );
  });
});

describe('Payloads in pieces', () => {
  const said = (...messages: readonly (readonly [topic: string, payload: Uint8Array])[]) =>
    findingsOf((script) => {
      const c = script.connected({ clientIdentifier: 'esp32' });
      for (const [topic, payload] of messages) c.client(a.publish(topic, 0, 0, { payload }));
    })
      .filter(({ kind }) => kind === 'payloadCut')
      .map(({ title, count }) => [/“(.*)”/.exec(title)?.[1], count]);
  const pieces = (whole: Uint8Array, size: number): readonly Uint8Array[] =>
    Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
      whole.subarray(index * size, (index + 1) * size),
    );
  const text = encodeUtf8('{}');

  for (const [what, whole] of Object.entries({
    'a document': json,
    'a document of umlauts': jsonOfUmlauts,
    'a list of objects': encodeUtf8(JSON.stringify(Array.from({ length: 400 }, (_, v) => ({ v })))),
    'text of umlauts': umlauts.subarray(0, 2_001),
  })) {
    for (const size of [128, 1024]) {
      it(`are no cut ones: ${what} in pieces of ${size} bytes`, () => {
        assert.deepEqual(said(...pieces(whole, size).map((piece) => ['ota/chunk', piece] as const)), []);
      });
    }
  }

  it('may have topics of their own, with others in between', () => {
    const numbered = pieces(json, 1024).map((piece, index) => [`ota/${index}`, piece] as const);
    assert.deepEqual(
      said(...numbered.flatMap((piece) => [piece, ['ota/state', text], ['t', text]] as const)),
      [],
    );
  });

  it('are over where the document is: one that is cut after it is told', () => {
    const cut = json.subarray(0, 1024);
    assert.deepEqual(said(...pieces(json, 1024).map((piece) => ['t', piece] as const), ['t', cut]), [
      ['t', 1],
    ]);
  });

  it('are not taken for one another where each is the beginning of a document', () => {
    const cut = json.subarray(0, 1024);
    assert.deepEqual(said(['a/t', cut], ['a/t', cut], ['a/t', cut], ['a/u', cut]), [
      ['a/t', 3],
      ['a/u', 1],
    ]);
  });

  it('are none where what follows is whole, or of another length', () => {
    const cut = json.subarray(0, 1024);
    for (const next of [text, encodeUtf8('on'), json.subarray(1024, 1500)])
      assert.deepEqual(said(['t', cut], ['t', next]), [['t', 1]]);
  });
});

/** Whether an even length of the JSON ends within a character: 0 where it does. */
function jsonOffset(): number {
  return '{"values":"'.length % 2 === 1 ? 0 : 1;
}
