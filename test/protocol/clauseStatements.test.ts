import assert from 'node:assert/strict';
import { clauseStatement } from '../../src/protocol/clauseStatements';
import { clauseOf, violationTable, type ViolationId } from '../../src/protocol/violations';
import { loadStatements } from '../conventions/clauses/statements';

describe('What a clause says', () => {
  const written = new Map(
    loadStatements().map(({ version, id, statement }) => [`${id} ${version}`, statement]),
  );

  for (const version of [4, 5] as const) {
    const name = version === 5 ? '5.0' : '3.1.1';
    it(`is there for every rule of ${name} that a packet can break, in the words of the list of clauses`, () => {
      for (const id of Object.keys(violationTable) as ViolationId[]) {
        const { clauses = {}, clauses311 = {} } = violationTable[id];
        const subjects = Object.keys(version === 5 ? clauses : clauses311) as (keyof typeof clauses)[];
        for (const subject of [undefined, ...subjects]) {
          const violation = subject === undefined ? { id } : { id, subject };
          const expected = written.get(`${clauseOf(violation, version)} ${name}`);
          assert.equal(clauseStatement(violation, version), expected, `${id} ${subject ?? ''}`);
        }
      }
    });
  }

  it('is that of 3.1.1 for 3.1, which has no numbers', () => {
    const violation = { id: 'publishQosThree' } as const;
    assert.equal(clauseStatement(violation, 3), clauseStatement(violation, 4));
  });
});
