import { strict as assert } from 'node:assert';
import { exchangeOutcome } from '../../media/inspector/exchange/exchangeText';
import { csvOf } from '../../media/inspector/statistics/csv';
import { panned, ticks, tickText, zoomed } from '../../media/inspector/timeline/timeScale';
import { filterOf, identifiersText } from '../../media/inspector/timeline/timelineSelection';
import type { Exchange } from '../../src/inspector/analysisContract';
import { whereVocabulary } from '../../src/protocol/whereVocabulary';
import { parseWhere } from '../../src/where/parser';

const whole = { from: 1_000, to: 11_000 };

describe('The scale of the timeline', () => {
  it('zooms about a time, which stays where it is, and never beyond what there is', () => {
    assert.deepEqual(zoomed(whole, whole, 6_000, 0.5), { from: 3_500, to: 8_500 });
    assert.deepEqual(zoomed(whole, whole, 1_000, 0.1), { from: 1_000, to: 2_000 });
    assert.deepEqual(zoomed({ from: 3_000, to: 4_000 }, whole, 3_500, 1_000), whole);
    const closest = zoomed(whole, whole, 6_000, 1e-12);
    assert.ok(closest.to > closest.from);
  });

  it('moves as far as there is something', () => {
    const shown = { from: 2_000, to: 4_000 };
    assert.deepEqual(panned(shown, whole, 0.5), { from: 3_000, to: 5_000 });
    assert.deepEqual(panned(shown, whole, -5), { from: 1_000, to: 3_000 });
    assert.deepEqual(panned(shown, whole, 50), { from: 9_000, to: 11_000 });
  });

  it('writes few times, as finely as they are apart', () => {
    for (const length of [0.02, 7, 900, 60_000, 3_600_000, 86_400_000 * 400]) {
      const from = Date.UTC(2026, 10, 22, 14, 0, 0.2);
      const { at, step } = ticks({ from, to: from + length }, 8);
      assert.ok(at.length <= 9, `${length}: ${at.length}`);
      const texts = at.map((time) => tickText(time, step));
      assert.equal(new Set(texts).size, texts.length, texts.join());
    }
    assert.match(tickText(Date.UTC(2026, 10, 22, 14, 0, 1, 5), 1), /:00:01\.005$/);
  });
});

describe('The filter of what is chosen on the timeline', () => {
  const lane = {
    ...{ key: 'k', label: 'a "b"', identifiers: [], connections: [], handshakes: [], marks: [] },
    ...{ moreIdentifiers: false, inFlight: [] },
  };
  const choice = { lane, items: [], item: undefined };

  it('names the client and the time, rounded to the outside', () => {
    const marked = { from: Date.UTC(2026, 10, 22, 14, 0, 0, 1) + 0.7, to: Date.UTC(2026, 10, 22, 14, 0, 1) };
    assert.equal(
      filterOf({ ...choice, marked }),
      'client == "a \\"b\\"" and time >= "2026-11-22T14:00:00.001Z" and time <= "2026-11-22T14:00:01.000Z"',
    );
    assert.equal(filterOf({ ...choice, lane: undefined, marked: undefined }), undefined);
  });

  it('keeps to times that can be written, whatever clock the packets had', () => {
    for (const marked of [
      { from: -8.64e15, to: 8.64e15 },
      { from: -1e300, to: Infinity },
    ]) {
      const filter = filterOf({ ...choice, lane: undefined, marked });
      assert.equal(filter, 'time >= "0100-01-01T00:00:00.000Z" and time <= "9999-12-31T23:59:59.999Z"');
      assert.ok(!('problem' in parseWhere(filter, whereVocabulary)), filter);
    }
    assert.equal(
      filterOf({ ...choice, lane: undefined, marked: { from: NaN, to: 0 } }),
      'time <= "1970-01-01T00:00:00.000Z"',
    );
  });
});

describe('The Client Identifiers of a lane', () => {
  const lane = {
    ...{ key: 'k', label: 'bench', connections: [], handshakes: [], marks: [], inFlight: [] },
    moreIdentifiers: false,
  };

  it('are told where the client is not called by its own', () => {
    assert.deepEqual(identifiersText({ ...lane, identifiers: ['bench'] }), []);
    assert.deepEqual(identifiersText({ ...lane, identifiers: ['b', 'a'] }), ['Client Identifiers: b, a']);
    const many = identifiersText({ ...lane, identifiers: ['8', '7'], moreIdentifiers: true });
    assert.deepEqual(many, ['Client Identifiers: 8, 7 and others before']);
  });
});

describe('A table as CSV', () => {
  it('quotes what needs it, and makes no formula of text', () => {
    const rows = [
      ['a', 1, undefined],
      ['x,"y"', 1.5, '=1+1'],
    ];
    assert.equal(csvOf(rows), `a,1,\r\n"x,""y""",1.5,'=1+1\r\n`);
  });
});

describe('How an exchange ended', () => {
  const exchange: Exchange = {
    ...{ kind: 'qos1', packets: [], outcome: 'complete', awaited: undefined },
    ...{ took: 1.5, connectionEnded: false, searchEnded: false },
  };
  const unanswered = { ...exchange, outcome: 'unanswered', awaited: 'PUBACK', took: 5_000 } as const;
  const cases: readonly (readonly [Exchange, string])[] = [
    [exchange, 'complete in 1.5 ms'],
    [{ ...exchange, took: 0 }, 'complete at once'],
    [{ ...exchange, outcome: 'refused' }, 'refused after 1.5 ms'],
    [{ ...unanswered, outcome: 'waiting' }, 'waiting for PUBACK for 5 s'],
    [{ ...unanswered, outcome: 'waiting', searchEnded: true }, 'no PUBACK as far as was searched'],
    [{ ...unanswered, connectionEnded: true }, 'never answered: no PUBACK in 5 s, then the connection ended'],
    [unanswered, 'never answered: no PUBACK, and its Packet Identifier was used again'],
    [{ ...unanswered, kind: 'request', outcome: 'waiting' }, 'waiting for response for 5 s'],
    [{ ...unanswered, outcome: 'absent' }, 'no PUBACK among the decoded bytes'],
    [{ ...exchange, outcome: 'unknown' }, 'the packet that began it is not in the log'],
  ];
  for (const [of, text] of cases) it(`is said as “${text}”`, () => assert.equal(exchangeOutcome(of), text));
});
