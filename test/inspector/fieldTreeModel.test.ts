import assert from 'node:assert/strict';
import { FieldTreeModel } from '../../media/inspector/fieldTreeModel';
import { Highlight, type HighlightChange } from '../../media/inspector/highlight';
import { encodeUtf8 } from '../../src/base/utf8';
import { encode } from '../../src/protocol/codec';
import type { Connect, ProtocolVersion } from '../../src/protocol/controlPacket';
import { dissect, type FieldNode } from '../../src/protocol/dissect';

function tree(bytes: Uint8Array, version: ProtocolVersion = 5): FieldTreeModel {
  const { fields, violations } = dissect(bytes, { version });
  return new FieldTreeModel(fields, violations);
}

const publish = encode(
  {
    type: 'PUBLISH',
    dup: false,
    qos: 1,
    retain: false,
    topicName: 'a/b',
    packetIdentifier: 17,
    properties: { contentType: 'text/plain' },
    payload: encodeUtf8('hello'),
  },
  5,
);

const connect: Connect = {
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolVersion: 4,
  cleanStart: true,
  keepAlive: 60,
  properties: {},
  clientIdentifier: 'esp32',
  will: { topicName: 'gone', payload: encodeUtf8('bye'), qos: 1, retain: true, properties: {} },
  userName: undefined,
  password: undefined,
};

const outline = (model: FieldTreeModel): string[] =>
  model.rows.map((row) =>
    row.kind === 'violation'
      ? `${'  '.repeat(row.depth)}! ${row.violation.id}`
      : `${'  '.repeat(row.depth)}${row.field.children.length === 0 ? ' ' : row.expanded ? '-' : '+'} ${row.field.label}`,
  );

function named(model: FieldTreeModel, label: string): FieldNode {
  const all = (fields: readonly FieldNode[]): FieldNode[] =>
    fields.flatMap((field) => [field, ...all(field.children)]);
  const found = all(model.fields).find((field) => field.label === label);
  assert.ok(found, label);
  return found;
}

describe('FieldTreeModel', () => {
  it('starts with groups and flag bytes open and with what repeats a value folded', () => {
    assert.deepEqual(outline(tree(publish)), [
      '- Fixed Header',
      '  - Type and Flags',
      '      Control Packet Type',
      '      DUP',
      '      QoS',
      '      RETAIN',
      '    Remaining Length',
      '- Variable Header',
      '  + Topic Name',
      '    Packet Identifier',
      '  - Properties',
      '      Property Length',
      '    + Content Type',
      '  Payload',
    ]);
  });

  it('shows the value of a property once, folded and unfolded', () => {
    const bytes = encode({ ...connect, protocolVersion: 5, properties: { sessionExpiryInterval: 3600 } }, 5);
    const model = tree(bytes);
    const shown = () =>
      model.rows.flatMap((row) =>
        row.kind === 'field' && /3600|Session Expiry/.test(`${row.label} ${row.value ?? ''}`)
          ? [`${row.label}: ${row.value ?? ''}`]
          : [],
      );
    assert.deepEqual(shown(), ['Session Expiry Interval: 3600 s (1 h)']);
    model.setExpanded(named(model, 'Session Expiry Interval'), true);
    assert.deepEqual(shown(), [
      'Session Expiry Interval: ',
      'Identifier: Session Expiry Interval',
      'Value: 3600 s (1 h)',
    ]);
    model.setExpanded(named(model, 'Session Expiry Interval'), false);
    assert.deepEqual(shown(), ['Session Expiry Interval: 3600 s (1 h)']);
  });

  it('shows a violation under the byte it was found at', () => {
    const bytes = encode(connect, 4);
    bytes[9] = (bytes[9] ?? 0) | 0x18;
    const rows = outline(tree(bytes, 4));
    const flags = rows.indexOf('  - Connect Flags');
    assert.equal(rows[flags + 1], '    ! willQosThree');
    assert.equal(rows[flags + 2], '      User Name Flag');
  });

  it('shows a violation behind the last byte under the last field', () => {
    const model = tree(publish.subarray(0, 6));
    assert.ok(model.violations.length > 0);
    assert.equal(model.rows.filter((row) => row.kind === 'violation').length, model.violations.length);
  });

  it('finds the innermost field of every byte, for a byte of flags the byte itself', () => {
    const model = tree(publish);
    for (let offset = 0; offset < publish.length; offset++) {
      const field = model.fieldAt(offset);
      assert.ok(field && field.start <= offset && offset < field.end && !field.bits, String(offset));
    }
    assert.equal(model.fieldAt(0)?.label, 'Type and Flags');
    assert.equal(model.fieldAt(2)?.label, 'Length');
    assert.equal(model.fieldAt(publish.length), undefined);
  });

  it('finds the field of every bit of a byte of flags', () => {
    const model = tree(publish);
    const flags = named(model, 'Type and Flags');
    assert.deepEqual(
      [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => model.fieldOfBit(flags, bit)?.label),
      [...new Array<string>(4).fill('Control Packet Type'), 'DUP', 'QoS', 'QoS', 'RETAIN'],
    );
  });

  it('folds and unfolds, and finds the row that hides a field', () => {
    const model = tree(publish);
    const topic = named(model, 'Topic Name');
    const text = topic.children[1];
    assert.ok(text);
    assert.equal(model.indexOf(text), model.indexOf(topic));
    model.open(text);
    assert.equal(model.indexOf(text), model.indexOf(topic) + 2);
    model.setExpanded(named(model, 'Variable Header'), false);
    assert.equal(model.indexOf(text), model.indexOf(named(model, 'Variable Header')));
  });

  it('tells each row its place among its siblings', () => {
    const places = tree(publish).rows.flatMap((row) =>
      row.kind === 'field' && row.depth === 0 ? [[row.position, row.setSize]] : [],
    );
    assert.deepEqual(places, [
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});

describe('Highlight', () => {
  function setUp() {
    const model = tree(publish);
    const highlight = new Highlight(model);
    const changes: HighlightChange[] = [];
    highlight.onDidChange((change) => changes.push(change));
    return { model, highlight, changes };
  }

  it('hovers the field of a byte, and says so once', () => {
    const { model, highlight, changes } = setUp();
    highlight.hoverByte(3);
    highlight.hoverByte(2);
    assert.equal(highlight.hovered, named(model, 'Topic Name').children[0]);
    highlight.hoverByte(undefined);
    assert.equal(highlight.hovered, undefined);
    assert.deepEqual(changes, ['hover', 'hover']);
  });

  it('selects a byte with its field and unfolds what is around it', () => {
    const { model, highlight, changes } = setUp();
    highlight.selectByte(5);
    const text = named(model, 'Topic Name').children[1];
    assert.equal(highlight.selected, text);
    assert.equal(highlight.cursor, 5);
    assert.ok(text && model.rows[model.indexOf(text)]?.field === text);
    assert.deepEqual(changes, ['select']);
  });

  it('puts the cursor on the first byte of a selected field', () => {
    const { model, highlight } = setUp();
    highlight.select(named(model, 'Packet Identifier'));
    assert.equal(highlight.cursor, 7);
  });
});
