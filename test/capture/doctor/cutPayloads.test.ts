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

/** Whether an even length of the JSON ends within a character: 0 where it does. */
function jsonOffset(): number {
  return '{"values":"'.length % 2 === 1 ? 0 : 1;
}
