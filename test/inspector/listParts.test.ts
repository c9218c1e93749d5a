import assert from 'node:assert/strict';
import { brokenRules } from '../../media/inspector/announcements';
import { Announcer } from '../../media/inspector/announcer';
import {
  columnGap,
  columns,
  knownChoices,
  layOut,
  leftOut,
  onlyShown,
  originalColumns,
  resized,
  widthOf,
} from '../../media/inspector/columns';
import { interval, timeCaption, timeText } from '../../media/inspector/timeText';

describe('The layout of columns', () => {
  it('shows all where there is room, the summary taking what is left', () => {
    const { shown, template } = layOut(originalColumns, 150);
    assert.deepEqual(
      shown,
      columns.map(({ name }) => name),
    );
    assert.equal(template, '8ch 15ch 3ch 14ch 14ch minmax(0, 1fr) 9ch');
  });

  it('shows all in endless room, which is what there is before the list was measured', () => {
    assert.deepEqual(layOut(originalColumns, Infinity), layOut(originalColumns, 150));
  });

  it('leaves out what matters least, one after the other, and never everything', () => {
    const counts = [150, 84, 76, 69, 58, 40].map((room) => layOut(originalColumns, room).shown.join(' '));
    assert.deepEqual(counts, [
      'number time direction client type summary length',
      'number time direction client type summary length',
      'number time direction type summary length',
      'number time direction type summary',
      'time direction type summary',
      'direction type summary',
    ]);
    assert.deepEqual(leftOut(originalColumns, layOut(originalColumns, 58)), ['number', 'client', 'length']);
    const hiding = { ...originalColumns, hidden: ['client'] as const };
    assert.deepEqual(leftOut(hiding, layOut(hiding, 58)), ['number', 'length']);
  });

  it('gives the summary two fifths of a row while others can do with less', () => {
    for (let room = 105; room < 300; room += 7) {
      const { widths, shown } = layOut(originalColumns, room);
      const others = shown.filter((name) => name !== 'summary').map((name) => widths[name] ?? 0);
      const summary = room - others.reduce((a, b) => a + b, 0) - (shown.length - 1) * columnGap;
      assert.ok(summary >= room * 0.4 - 0.1, `${room}: ${summary}`);
    }
  });

  it('leaves a column as wide as a person made it', () => {
    const { widths } = layOut(resized(originalColumns, 'client', 30), 105);
    assert.deepEqual([widths.client, widths.number, widths.type], [30, 7, 12]);
  });

  it('keeps the time down to a third of a usual window', () => {
    // Of a row of 450 pixels, in digits.
    assert.ok(layOut(originalColumns, 54).shown.includes('time'));
  });

  it('keeps widths within bounds', () => {
    assert.equal(widthOf(resized(originalColumns, 'client', 1), 'client'), 5);
    assert.equal(widthOf(resized(originalColumns, 'client', 1e9), 'client'), 200);
    assert.equal(widthOf(resized(originalColumns, 'client', 20.04), 'client'), 20);
  });

  it('never hides the summary', () => {
    assert.deepEqual(layOut(onlyShown(originalColumns, []), 100).shown, ['summary']);
  });

  it('takes of what was kept what it knows', () => {
    const choices = knownChoices({ client: 30, colour: 7, type: -5 }, ['number', 'shape', 'summary']);
    assert.deepEqual(choices, { widths: { client: 30, type: 6 }, hidden: ['number'] });
  });
});

describe('The time of a packet', () => {
  it('is an interval with its sign, to the microsecond', () => {
    assert.equal(interval(0.042381 * 1000), '+0.042381');
    assert.equal(interval(-0.012), '−0.000012');
    assert.equal(interval(62_000), '+1:02.000000');
    assert.equal(interval(3_600_000 + 62_000.5), '+1:01:02.000500');
  });

  it('is not known where what it is measured from is not', () => {
    assert.equal(timeText('since', 5, undefined, 1), undefined);
    assert.equal(timeText('delta', 5, { sequence: 1, at: 0 }, undefined), undefined);
    assert.equal(timeText('since', 5, { sequence: 1, at: 3 }, undefined), '+0.002000');
    assert.equal(timeText('delta', 5, undefined, 4), '+0.001000');
  });

  it('says what it is measured from', () => {
    assert.deepEqual(timeCaption('since', { sequence: 12, at: 0 }), {
      short: 'Since #12',
      long: 'Time since #12',
    });
    assert.equal(timeCaption('since', undefined).long, 'Time since the first packet');
  });
});

describe('Announcements', () => {
  it('of what goes on come once in a while, and only with news; of what a person did at once', () => {
    const said: string[] = [];
    let now = 0;
    const announcer = new Announcer(
      (text) => said.push(text),
      () => now,
    );
    for (const count of [1, 2, 3]) announcer.seldom('evicted', `${count} dropped`);
    announcer.seldom('violations', '1 breaks a rule');
    announcer.atOnce('Following paused');
    now = 20_000;
    announcer.seldom('evicted', '4 dropped');
    announcer.seldom('violations', '1 breaks a rule');
    assert.deepEqual(said, ['1 dropped', '1 breaks a rule', 'Following paused', '4 dropped']);
  });

  it('tell of packets that break rules in whole sentences', () => {
    assert.deepEqual([0, 1, 2, 1234].map(brokenRules), [
      'no packet breaks a rule',
      '1 packet breaks a rule',
      '2 packets break rules',
      '1,234 packets break rules',
    ]);
  });
});
