import assert from 'node:assert/strict';
import { sizeText } from '../../media/inspector/sizeText';

describe('sizeText', () => {
  const cases: [number, string][] = [
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [4.1 * 1024 * 1024, '4.1 MiB'],
    [5000 * 1024 ** 3, '5000.0 GiB'],
  ];
  for (const [bytes, text] of cases) it(`says ${text}`, () => assert.equal(sizeText(bytes), text));
});
