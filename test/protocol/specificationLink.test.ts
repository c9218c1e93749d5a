import assert from 'node:assert/strict';
import { specificationLink } from '../../src/protocol/specificationLink';
import { clauseOf, violationTable, type ViolationId } from '../../src/protocol/violations';

const anchorOf = (place: string, version: 3 | 4 | 5): string | undefined =>
  specificationLink(place, version)?.split('#')[1];

describe('The link to the specification', () => {
  // As other programs and the table of contents of the pages have them.
  const known: readonly (readonly [string, 3 | 4 | 5, string])[] = [
    ['1.5.5', 5, '_Toc3901011'],
    ['2.1.1', 5, '_Toc3901021'],
    ['3.1.2.11.5', 5, '_Toc3901051'],
    ['3.2', 5, '_Toc3901074'],
    ['3.8.3.1', 5, '_Toc3901169'],
    ['3.15', 5, '_Toc3901217'],
    ['4.7.2', 5, '_Toc3901246'],
    ['4.13.2', 5, '_Toc3901260'],
    ['MQTT-6.0.0-1', 5, '_Toc3901285'],
    ['1.5.3', 4, '_Toc398718016'],
    ['2.2.3', 4, '_Toc398718023'],
    ['3.1', 4, '_Toc398718028'],
    ['3.12', 4, '_Toc398718081'],
    ['4.3.2', 4, '_Toc398718101'],
    ['4.7.1', 4, '_Toc398718107'],
    ['6', 4, '_Toc398718127'],
  ];
  for (const [place, version, anchor] of known) {
    it(`leads to the anchor of ${place} of ${version === 5 ? '5.0' : '3.1.1'}`, () => {
      assert.equal(anchorOf(place, version), anchor);
    });
  }

  it('leads to the page of the version, that of 3.1.1 for 3.1', () => {
    assert.match(
      specificationLink('3.1', 5) ?? '',
      /^https:\/\/docs\.oasis-open\.org\/.*\/mqtt-v5\.0-os\.html#/,
    );
    for (const version of [3, 4] as const)
      assert.match(specificationLink('3.1', version) ?? '', /\/v3\.1\.1\/os\/mqtt-v3\.1\.1-os\.html#/);
  });

  it('leads to the closest section around one without an anchor, and from a clause to its section', () => {
    assert.equal(anchorOf('3.1.2.3', 4), anchorOf('3.1.2', 4));
    assert.equal(anchorOf('MQTT-3.1.2-24', 4), anchorOf('3.1.2', 4));
    assert.equal(anchorOf('MQTT-3.1.2-24 of 3.1.1', 3), anchorOf('3.1.2', 4));
    assert.equal(anchorOf('MQTT-4.2.0-1', 5), anchorOf('4.2', 5));
    assert.equal(specificationLink('RFC 6455', 5), undefined);
    assert.equal(specificationLink('', 5), undefined);
  });

  it('is there for each clause that can be broken', () => {
    for (const id of Object.keys(violationTable) as ViolationId[])
      for (const version of [4, 5] as const) {
        const clause = clauseOf({ id }, version);
        assert.ok(specificationLink(clause, version), `${id}: ${clause}`);
      }
  });
});
