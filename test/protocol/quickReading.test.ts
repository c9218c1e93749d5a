import assert from 'node:assert/strict';
import { dissect } from '../../src/protocol/dissect';
import { QuickReader } from '../../src/protocol/quickReading';
import { loadVectors } from '../support/vectors';

describe('Quick reading', () => {
  const reader = new QuickReader();
  for (const { file, name, bytes, version, context } of loadVectors()) {
    it(`finds what a dissection finds: ${file}, ${name}`, () => {
      const whole = dissect(bytes, { ...context, version });
      const quick = reader.read(bytes, { ...context, version });
      assert.deepEqual(quick.packet, whole.packet);
      assert.deepEqual(
        quick.violations.map(({ id }) => id).sort(),
        whole.violations.map(({ id }) => id).sort(),
      );
    });
  }
});
