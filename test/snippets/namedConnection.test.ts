import assert from 'node:assert/strict';
import { namedConnection } from '../../src/snippets/namedConnection';
import { parse } from '../../src/snippets/parser';

const cases: readonly (readonly [name: string, file: string, connection: string | undefined])[] = [
  ['of a block without the header', 'PUBLISH a\nQoS: 1', undefined],
  ['as written', 'PUBLISH a\nQoS: 1\nconnection:  bench 2 \n\nConnection: no', 'bench 2'],
  ['with its variables replaced', '@where = bench\n### x\nPUBLISH a\nConnection: {{where}}-2', 'bench-2'],
  ['with the block’s own variables', '@w = one\n### x\n@w = two\nPUBLISH a\nConnection: {{w}}', 'two'],
  ['that is empty', 'PUBLISH a\nConnection:', undefined],
  ['that an unknown variable spoils', 'PUBLISH a\nConnection: {{nobody}}', undefined],
  ['that depends on the connection itself', 'PUBLISH a\nConnection: {{$clientId}}', undefined],
];

describe('The connection that a block names', () => {
  for (const [name, file, connection] of cases) {
    it(`is known ${name}`, () => {
      const document = parse(file);
      const block = document.blocks[document.blocks.length - 1] ?? assert.fail('no block');
      const sources = { now: 0, random: () => 0, counter: 0 };
      assert.equal(namedConnection(document, block, sources), connection);
    });
  }
});
