import * as assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { TopicTree } from '../../src/capture/topicTree';
import type { LiveConnection } from '../../src/ui/connections/liveConnection';
import { changedRows } from '../../src/ui/subscriptions/changedRows';
import {
  ConnectionNode,
  FilterNode,
  LevelNode,
  MoreNode,
} from '../../src/ui/subscriptions/subscriptionNodes';

/** A tree and its rows as a view draws them: everything open is drawn, and drawn again where it changed. */
class Drawing {
  readonly topics = new TopicTree();
  readonly filter: FilterNode;

  constructor() {
    this.topics.addFilter('#', 0);
    const [filter] = this.topics.filters;
    assert.ok(filter);
    // A row asks its connection for nothing but its key.
    const connection = { key: 'user:bench' } as LiveConnection;
    this.filter = new FilterNode(new ConnectionNode(connection), filter);
    this.draw(this.filter);
    this.changes();
  }

  receive(...topicNames: string[]): void {
    for (const topicName of topicNames) {
      this.topics.receive({ topicName, payload: encodeUtf8('x'), qos: 0, retain: false, at: 0 });
    }
  }

  /** The names of the rows that changed, which are drawn then. */
  changes(): string[] {
    const rows = changedRows(this.filter);
    for (const row of rows) this.draw(row);
    return rows.map((row) => (row instanceof LevelNode ? row.topicName : '#'));
  }

  close(topicName: string): void {
    this.find(topicName).open = false;
  }

  find(topicName: string): LevelNode {
    const search = (row: FilterNode | LevelNode): LevelNode | undefined => {
      if (row instanceof LevelNode && row.topicName === topicName) return row;
      for (const child of row.madeChildren()) {
        const found = search(child);
        if (found) return found;
      }
      return undefined;
    };
    const found = search(this.filter);
    assert.ok(found, topicName);
    return found;
  }

  private draw(row: FilterNode | LevelNode): void {
    if (row instanceof LevelNode) row.drawnValue = row.level.value;
    row.drawnChildren = row.levels.size;
    row.open = true;
    for (const child of row.children()) if (!(child instanceof MoreNode)) this.draw(child);
  }
}

describe('Rows that changed', () => {
  it('are none while nothing comes', () => {
    const drawing = new Drawing();
    drawing.receive('a/b', 'a/c');
    drawing.changes();
    assert.deepEqual(drawing.changes(), []);
  });

  it('are the row below which a level is new, alone', () => {
    const drawing = new Drawing();
    drawing.receive('a/b');
    assert.deepEqual(drawing.changes(), ['#']);
    drawing.receive('a/c', 'a/b');
    assert.deepEqual(drawing.changes(), ['a']);
  });

  it('are the topics that have another value, and not the levels above them', () => {
    const drawing = new Drawing();
    drawing.receive('a/b', 'a/c', 'd');
    drawing.changes();
    drawing.receive('a/c', 'd', 'a/c');
    assert.deepEqual(drawing.changes(), ['a/c', 'd']);
  });

  it('are not told below a row that is closed', () => {
    const drawing = new Drawing();
    drawing.receive('a/b', 'c');
    drawing.changes();
    drawing.close('a');
    drawing.receive('a/b', 'a/new', 'c');
    assert.deepEqual(drawing.changes(), ['c']);
  });

  it('are a leaf that became a level, also where it is closed', () => {
    const drawing = new Drawing();
    drawing.receive('a');
    drawing.changes();
    drawing.close('a');
    drawing.receive('a/b');
    assert.deepEqual(drawing.changes(), ['a']);
  });

  it('are the same objects as long as their topic is there, so that VS Code keeps selection and what is open', () => {
    const drawing = new Drawing();
    drawing.receive('a/b');
    drawing.changes();
    const before = drawing.find('a/b');
    drawing.receive('a/a', 'a/c', 'a/b');
    drawing.changes();
    assert.equal(drawing.find('a/b'), before);
  });

  it('come in the order of their names, numbers by their value, a page at a time', () => {
    const drawing = new Drawing();
    drawing.receive(...Array.from({ length: 450 }, (_, index) => `d${450 - index}`));
    const shown = drawing.filter.children();
    assert.equal(shown.length, 201);
    assert.deepEqual(
      shown.slice(0, 3).map((row) => row instanceof LevelNode && row.topicName),
      ['d1', 'd2', 'd3'],
    );
    const more = shown.at(-1);
    assert.ok(more instanceof MoreNode);
    assert.equal(more.hidden, 250);
    drawing.filter.showMore();
    drawing.filter.showMore();
    assert.equal(drawing.filter.children().length, 450);
  });

  it('have identifiers of their own, whatever the topic is', () => {
    const drawing = new Drawing();
    drawing.receive('a/b', 'a"/"b', 'a//b', '/a/b', 'a/b/', 'ab');
    const identifiers: string[] = [];
    const collect = (row: FilterNode | LevelNode): void => {
      identifiers.push(row.rowId);
      for (const child of row.children()) if (!(child instanceof MoreNode)) collect(child);
    };
    collect(drawing.filter);
    assert.equal(new Set(identifiers).size, identifiers.length);
  });
});
