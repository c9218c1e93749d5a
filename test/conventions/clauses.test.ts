import { strict as assert } from 'node:assert';
import { clauseRows } from './clauses/clauseRows';
import type { Findings } from './clauses/findings';
import { findInRepository } from './clauses/findings';
import { gaps, unknownMentions, untestedTags } from './clauses/problems';
import type { Statement } from './clauses/statements';
import { loadStatements } from './clauses/statements';
import { misspeltTags, tagsIn } from './clauses/tags';

describe('Conformance statements', () => {
  const statements = loadStatements();
  const findings = findInRepository();
  const rows = clauseRows(statements, findings);

  it('are named only where they exist, in the version that is meant', () => {
    assert.deepEqual(unknownMentions(statements, findings), []);
  });

  it('are shown by a test wherever a source satisfies them', () => {
    assert.deepEqual(untestedTags(rows, findings), []);
  });

  it('about packets are implemented and tested, or have a reason', () => {
    assert.deepEqual(gaps(rows), []);
  });
});

describe('The list of conformance statements', () => {
  const statements = loadStatements();

  for (const [version, count] of [
    ['5.0', 251],
    ['3.1.1', 141],
  ] as const) {
    it(`has the ${count} of ${version}, each once`, () => {
      const ids = statements.filter((statement) => statement.version === version).map(({ id }) => id);
      assert.equal(ids.length, count);
      assert.equal(new Set(ids).size, count);
    });
  }

  it('gives each the section it stands in', () => {
    const elsewhere = statements.filter(({ id, section }) => {
      // 4.7.0-1 stands in 4.7.1, 7.0.0-1 in 7: the parts that are 0 say nothing.
      const [, number = ''] = /^MQTT-(.*?)(?:\.0)*-\d+$/.exec(id) ?? [];
      return section !== number && !section.startsWith(`${number}.`);
    });
    assert.deepEqual(elsewhere, []);
  });

  it('points only to statements that exist', () => {
    const ids = new Set(statements.map(({ version, id }) => `${version} ${id}`));
    const nowhere = statements.filter(({ version, as }) => as.some((id) => !ids.has(`${version} ${id}`)));
    assert.deepEqual(nowhere, []);
  });

  it('keeps reasons for statements about packets', () => {
    assert.deepEqual(
      statements.filter(({ scope, reason }) => scope !== 'packet' && reason !== undefined),
      [],
    );
  });
});

describe('The check of conformance statements', () => {
  const statement = (id: string, more: Partial<Statement> = {}): Statement => ({
    version: '5.0',
    id,
    section: '1',
    scope: 'packet',
    statement: 'what it asks',
    reason: undefined,
    as: [],
    same: [],
    breaches: [],
    ...more,
  });
  const list = [
    statement('MQTT-1.0.0-1'),
    statement('MQTT-1.0.0-2', { as: ['MQTT-1.0.0-1'] }),
    statement('MQTT-1.0.0-3', { breaches: [{ violations: ['reservedFlags'], packets: ['PUBREL'] }] }),
    statement('MQTT-1.0.0-4', { breaches: [{ violations: ['illFormedUtf8'], fields: ['Will Topic'] }] }),
    statement('MQTT-1.0.0-5', { scope: 'session' }),
    statement('MQTT-1.0.0-6', { reason: 'cannot be seen' }),
    statement('MQTT-1.0.0-1', { version: '3.1.1' }),
    statement('MQTT-1.0.0-9', { version: '3.1.1', same: ['MQTT-1.0.0-1'] }),
  ];
  const place = { path: 'a.json', line: 1 };
  const rule = { ...place, version: '5.0', clause: '2.1', packet: 'PUBREL', fields: [] } as const;
  const found = (source: string, test: string, more: Partial<Findings> = {}): Findings => ({
    sourceTags: tagsIn({ path: 'src/a.ts', text: source }),
    testTags: tagsIn({ path: 'test/a.test.ts', text: test }),
    misspelt: [],
    raised: new Map(),
    brokenRules: [],
    ...more,
  });
  /** The statements, of 3.1.1 with a mark, that have evidence in that column. */
  const having = (column: 'implemented' | 'tested', findings: Findings): string[] =>
    clauseRows(list, findings)
      .filter((row) => row[column].length > 0)
      .map(({ statement: { version, id } }) => id.slice(-1) + (version === '5.0' ? '' : ' (3.1.1)'));

  const evidence: readonly (readonly [what: string, tested: readonly string[], findings: Findings])[] = [
    ['nothing where only a source is tagged', [], found('// [MQTT-1.0.0-1]', '')],
    [
      'a tag, what it stands in for and what 3.1.1 repeats of it',
      ['1', '2', '9 (3.1.1)'],
      found('', "it('works [MQTT-1.0.0-1]', f);"),
    ],
    ['a tag of 3.1.1 for nothing else', ['1 (3.1.1)'], found('', '// [MQTT-1.0.0-1] (3.1.1)')],
    [
      'two tags of a line, each of its version',
      ['5', '1 (3.1.1)'],
      found('', '[MQTT-1.0.0-1] (3.1.1) [MQTT-1.0.0-5]'),
    ],
    [
      'the clause of a vector’s violation, in the version of the vector',
      ['1 (3.1.1)'],
      found('', '', {
        brokenRules: [{ ...rule, version: '3.1.1', violation: 'noReasonCode', clause: 'MQTT-1.0.0-1' }],
      }),
    ],
    [
      'a violation in the packet that the statement is about',
      ['3'],
      found('', '', { brokenRules: [{ ...rule, violation: 'reservedFlags' }] }),
    ],
    [
      'no violation in another packet',
      [],
      found('', '', { brokenRules: [{ ...rule, violation: 'reservedFlags', packet: 'PUBACK' }] }),
    ],
    [
      'a violation in the field that the statement is about',
      ['4'],
      found('', '', {
        brokenRules: [{ ...rule, violation: 'illFormedUtf8', fields: ['Payload', 'Will Topic', 'Text'] }],
      }),
    ],
    [
      'no violation in another field',
      [],
      found('', '', {
        brokenRules: [{ ...rule, violation: 'illFormedUtf8', fields: ['User Name', 'Text'] }],
      }),
    ],
  ];
  for (const [what, tested, findings] of evidence) {
    it(`takes as a test ${what}`, () => assert.deepEqual(having('tested', findings), tested));
  }

  it('takes a line that reports a violation as the implementation of its statements, unless another is tagged', () => {
    const raised = new Map([['reservedFlags', [place]] as const]);
    assert.deepEqual(having('implemented', found('', '', { raised })), ['3']);
    const [row] = clauseRows(list.slice(2, 3), found('// [MQTT-1.0.0-3]', '', { raised }));
    assert.deepEqual(row?.implemented, [{ path: 'src/a.ts', line: 1 }]);
  });

  it('finds what is named and does not exist', () => {
    const rules = [
      { ...rule, violation: 'reservedFlags', clause: 'MQTT-1.0.0-2', version: '3.1.1' },
    ] as const;
    const all = found('\n// [MQTT-1.0.0-7]', '// [MQTT-1.0.0-5] (3.1.1)', { brokenRules: rules });
    const own = unknownMentions(list, all).filter((problem) => /^\S+\.\w+:\d/.test(problem));
    assert.deepEqual(own, [
      'src/a.ts:2 names MQTT-1.0.0-7, which 5.0 does not have',
      'test/a.test.ts:1 names MQTT-1.0.0-5, which 3.1.1 does not have',
      'a.json:1 names MQTT-1.0.0-2, which 3.1.1 does not have',
    ]);
  });

  it('finds a tag in a source that no test shows', () => {
    const findings = found('// [MQTT-1.0.0-5] [MQTT-1.0.0-1]', '// [MQTT-1.0.0-1]');
    assert.deepEqual(untestedTags(clauseRows(list, findings), findings), [
      'src/a.ts:1 satisfies MQTT-1.0.0-5 of 5.0, which no test shows',
    ]);
  });

  it('finds what packets must keep to and nobody checks, has a reason or shows', () => {
    const findings = found('// [MQTT-1.0.0-1]', '// [MQTT-1.0.0-3]');
    assert.deepEqual(gaps(clauseRows(list, findings)), [
      'MQTT-1.0.0-1 of 5.0 is not tested: what it asks',
      'MQTT-1.0.0-2 of 5.0 is not tested: what it asks',
      'MQTT-1.0.0-3 of 5.0 is not implemented: what it asks',
      'MQTT-1.0.0-4 of 5.0 is not implemented and not tested: what it asks',
      'MQTT-1.0.0-1 of 3.1.1 is not implemented and not tested: what it asks',
      'MQTT-1.0.0-9 of 3.1.1 is not tested: what it asks',
    ]);
  });

  const spellings: readonly (readonly [text: string, misspelt: boolean])[] = [
    ['// [MQTT-4.2-1]', false],
    ['// [MQTT-3.1.0-1] [MQTT-3.1.0-2] (3.1.1)', false],
    ['/Will QoS is 3. \\[MQTT-3\\.1\\.2-12\\]/', false],
    ['// [MQTT-3.1.2.7]', true],
    ['// [MQTT-3.1.0-1, MQTT-3.1.0-2]', true],
    ['// [MQTT-3.1.0-1', true],
  ];
  for (const [text, misspelt] of spellings) {
    it(`${misspelt ? 'cannot read' : 'reads'} ${text}`, () => {
      assert.equal(misspeltTags({ path: 'a.ts', text }).length, misspelt ? 1 : 0);
    });
  }
});
