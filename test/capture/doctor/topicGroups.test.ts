import assert from 'node:assert/strict';
import { a } from '../../support/packets';
import { findingsOf } from './findingsOf';

/** The hints about the topics of messages, as title, count, client and number of packets told. */
const hints = (topics: readonly string[], client = (_: number): string => 'esp32') =>
  findingsOf((script) => {
    for (const [index, topic] of topics.entries())
      script.connected({ clientIdentifier: client(index) }).client(a.publish(topic));
  }).filter(({ kind }) => kind === 'topicShape');
const numbered = (count: number, topic: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => topic(index));

describe('Topics of an odd shape', () => {
  it('are told together where they begin alike, with how many they are', () => {
    const found = hints(numbered(700, (index) => `/house/${index}`));
    assert.deepEqual(
      found.map(({ title, count, client, id }) => [title, count, client, id]),
      [['700 topics under “/house” begin with a slash', 700, 'esp32', 'topicShape:slash:/house']],
    );
    assert.match(found[0]?.sentence ?? '', /first level of “\/house\/0”.*another topic than “house\/0”/);
    assert.equal(found[0]?.packets.length, 20);
  });

  it('are the same finding once there are more of them', () => {
    const ids = [1, 2, 9].map((count) => hints(numbered(count, (index) => `/h/${index}`))[0]?.id);
    assert.equal(new Set(ids).size, 1);
  });

  it('are told apart by their first level, and by what is odd', () => {
    const found = hints(['/a/1', '/a/2', '/b c/1', 'living room/1', 'living room/2']);
    assert.deepEqual(found.map(({ title }) => title).sort(), [
      '2 topics under “/a” begin with a slash',
      '2 topics under “living room” hold a space',
      '“/b c/1” begins with a slash',
      '“/b c/1” holds a space',
    ]);
  });

  it('are told as one where each has a first level of its own', () => {
    const found = hints(numbered(300, (index) => `/device${index}/state`));
    assert.deepEqual(
      found.map(({ title, count }) => [title, count]),
      [['300 topics begin with a slash', 300]],
    );
  });

  it('name a client where it is one', () => {
    const [both] = hints(['/h/1', '/h/2'], (index) => `esp-${index}`);
    assert.equal(both?.client, undefined);
  });
});
