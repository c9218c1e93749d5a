import assert from 'node:assert/strict';
import { fromHex } from '../../src/base/bytes';
import { connectVersion } from '../../src/protocol/connectVersion';

const cases: readonly (readonly [what: string, hex: string, version: number | undefined])[] = [
  ['CONNECT of 3.1', '10 12 0006 4d5149736470 03', 3],
  ['CONNECT of 3.1.1', '10 10 0004 4d515454 04', 4],
  ['CONNECT of 5.0', '10 11 0004 4d515454 05', 5],
  ['CONNECT with a Remaining Length of two bytes', '10 8001 0004 4d515454 05', 5],
  ['CONNECT with a Remaining Length of four bytes', '10 80808001 0004 4d515454 04', 4],
  ['CONNECT with a padded Remaining Length', '10 90808000 0004 4d515454 04', 4],
  ['CONNECT with reserved flags', '1f 10 0004 4d515454 04', 4],
  ['a Remaining Length of five bytes', '10 8080808001 0004 4d515454 04', undefined],
  ['a level above all, by the newest', '10 10 0004 4d515454 06', 5],
  ['a level below all, by the oldest', '10 10 0004 4d515454 00', 3],
  ['3.1 with the bridge bit', '10 12 0006 4d5149736470 83', 3],
  ['3.1.1 with the bridge bit', '10 10 0004 4d515454 84', 4],
  ['a Protocol Name of another length', '10 10 0005 4d51545400 04', 4],
  ['a Protocol Name that goes beyond the packet', '10 10 00ff 4d515454 04', undefined],
  ['CONNECT cut before its level', '10 10 0004 4d515454', undefined],
  ['CONNECT cut in the length of its name', '10 10 00', undefined],
  ['a first byte alone', '10', undefined],
  ['no byte', '', undefined],
  ['PUBLISH that looks alike', '30 10 0004 4d515454 04', undefined],
];

describe('connectVersion', () => {
  for (const [what, hex, version] of cases) {
    it(`${what}: ${version ?? 'none'}`, () => {
      const bytes = fromHex(hex) ?? assert.fail(hex);
      assert.equal(connectVersion(bytes), version);
      const inside = Uint8Array.from([0x10, 0x10, ...bytes, 5, 5]);
      assert.equal(connectVersion(inside, 2, 2 + bytes.length), version, 'inside a larger buffer');
    });
  }
});
