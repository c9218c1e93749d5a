import * as assert from 'node:assert/strict';
import '../../support/vscodeFake';
import type { ClientStatus } from '../../../src/broker/brokerStatus';
import { listenerAddresses } from '../../../src/transport/machineAddresses';
import { encodeUtf8 } from '../../../src/base/utf8';
import { addressRow } from '../../../src/ui/broker/brokerRow';
import type { Problem } from '../../../src/ui/broker/brokerProblems';
import {
  clientRow,
  lineRow,
  problemRow,
  retainedRow,
  statusLines,
  subscriptionRow,
} from '../../../src/ui/broker/clientRow';
import { type BrokerNode, MoreNode } from '../../../src/ui/broker/brokerNode';
import { LocalBrokerNode } from '../../../src/ui/broker/brokerNodes';
import { clientText, durationText, hostOf, shownIdentifier } from '../../../src/ui/broker/clientText';
import { contentOf } from '../../../src/ui/broker/retainedDocuments';
import { a } from '../../support/packets';
import { BrokerWindow } from './brokerWindow';

const now = 1_000_000_000;

const connected: ClientStatus = {
  clientIdentifier: 'esp32-7f2a',
  connection: {
    ...{ peer: '192.168.1.31:50123', listener: 'tls', version: 4, userName: 'ada' },
    ...{ connectedSince: now - 250_000, keepAlive: 60, lastHeard: now - 20_000 },
    ...{ messagesIn: 1204, messagesOut: 3, unsentBytes: 0 },
  },
  expiryInterval: 0xffffffff,
  expiresAt: undefined,
  subscriptions: new Map(),
  ...{ inFlight: 2, queued: 5, queuedBytes: 1500, droppedMessages: 1, violations: 0, takeOvers: 0 },
};

const problem: Problem = {
  ...{ key: 'k', kind: 'willQoS', clientIdentifier: 'esp32-7f2a', peer: '192.168.1.31:50123' },
  ...{ who: 'esp32-7f2a (192.168.1.31)', short: 'Will QoS is 3', text: 'Will QoS is 3. [MQTT-3.1.2-14]' },
  ...{ isTold: true, at: now, count: 2, before: 1, packet: () => 7 },
};

describe('The row of a client of the local broker', () => {
  it('says in short what it speaks, for how long and from where, of which a narrow sidebar cuts the end off', () => {
    const { label, description, context, icon } = clientRow(connected, [], now);
    assert.deepEqual(
      [label, description, context, icon?.[0]],
      ['esp32-7f2a', '3.1.1 · up 4 min · 192.168.1.31', 'broker.client.connected', 'circle-filled'],
    );
  });

  it('has what is wrong first, and all of it in the tooltip', () => {
    const { description, tooltip, spoken, icon } = clientRow(connected, [problem], now);
    assert.equal(description, '2 problems · 3.1.1 · up 4 min · 192.168.1.31');
    assert.equal(icon?.[0], 'warning');
    assert.match(tooltip, /Will QoS is 3\. \[MQTT-3\.1\.2-14\] \(2 times\)$/);
    assert.equal(spoken, 'esp32-7f2a, connected, 2 problems, 3.1.1, up 4 min, 192.168.1.31');
  });

  it('has a line for each thing there is to tell', () => {
    assert.deepEqual(
      statusLines(connected, now).map((line) => lineRow(line).spoken),
      [
        'Address, 192.168.1.31:50123 (tls)',
        'Version, 3.1.1',
        'User, ada',
        'Connected for, 4 min',
        'Keep alive, 60 s · 70 s left',
        'Messages, 1,204 in · 3 out',
        'Session, kept without end',
        'Subscriptions, 0',
        'In flight, 2',
        'Queue, 5 messages · 1,500 B',
        'Dropped, 1 message',
      ],
    );
  });

  it('says how long a Session without a connection is kept', () => {
    const away = { ...connected, connection: undefined, expiresAt: now + 7_200_000 };
    const { description, context } = clientRow(away, [], now);
    assert.deepEqual([description, context], ['session ends in 2 h', 'broker.client.away']);
    assert.equal(
      clientRow({ ...away, expiresAt: undefined }, [], now).description,
      'session kept without end',
    );
  });

  it('shows identifiers that no font has, and cuts long ones', () => {
    assert.equal(shownIdentifier('a\u0007b\u202e'), 'a�b�');
    assert.equal(shownIdentifier('x'.repeat(100)).length, 64);
    assert.equal(clientText('', '[::ffff:10.0.0.1]:5'), '10.0.0.1');
    assert.equal(hostOf('[fe80::1]:5'), '[fe80::1]');
  });

  it('tells times in their largest unit', () => {
    assert.deepEqual([-5, 59_999, 60_000, 3_600_000, 200_000_000].map(durationText), [
      '0 s',
      '59 s',
      '1 min',
      '1 h',
      '2 d',
    ]);
  });
});

describe('Other rows of the local broker', () => {
  it('tell a subscription, a problem, a retained message and an address', () => {
    const subscription = {
      qos: 1,
      noLocal: true,
      retainAsPublished: false,
      identifier: 7,
      isShared: false,
    } as const;
    assert.equal(subscriptionRow('a/#', subscription).spoken, 'a/#, QoS 1 · no local · identifier 7');
    assert.equal(problemRow(problem).description, 'Will QoS is 3 (2 times)');
    const retained = {
      topicName: 'a/b',
      payload: encodeUtf8('{"on": true}'),
      qos: 1,
      properties: {},
      receivedAt: now,
    } as const;
    assert.equal(retainedRow(retained).spoken, 'a/b, {"on":true}, QoS 1 · 12 B');
    const network = [
      { address: '127.0.0.1', family: 'IPv4', interfaceName: 'lo', isLoopback: true },
      { address: '192.168.1.5', family: 'IPv4', interfaceName: 'eth0', isLoopback: false },
    ] as const;
    const addresses = listenerAddresses({ protocol: 'tls', host: '0.0.0.0', port: 8883 }, network);
    assert.deepEqual(
      addresses.map((address) => addressRow(address).spoken),
      ['mqtts://192.168.1.5:8883, eth0', 'mqtts://127.0.0.1:8883, this computer'],
    );
  });

  it('lead to documents that lay JSON out, show text as it is and other bytes in hexadecimal', () => {
    assert.equal(contentOf(encodeUtf8('{"a":[1]}')), '{\n  "a": [\n    1\n  ]\n}\n');
    assert.equal(contentOf(encodeUtf8('hello')), 'hello\n');
    assert.equal(contentOf(Uint8Array.of(0xde, 0xad, 0)), '00000000  DE AD 00\n');
    assert.match(
      contentOf(new Uint8Array(1_048_577).fill(0x61)),
      /\(the first 1,048,576 of 1,048,577 bytes\)\n$/,
    );
  });
});

describe('The tree of the local broker', () => {
  const retained = (topicName: string) => a.publish(topicName, 0, 0, { retain: true });
  const showMoreOf = (row: BrokerNode) => {
    assert.ok(row instanceof MoreNode);
    row.list.showMore();
  };
  const texts = (nodes: readonly BrokerNode[] = []) =>
    nodes.map((node) => `${node.row().label} | ${node.row().description}`);

  it('has its addresses, clients, retained messages and problems while it runs', async () => {
    const { local, problems, clock, device } = newWindow();
    const root = new LocalBrokerNode({ local, problems, clock });
    assert.deepEqual(texts(root.children()), []);
    await local.start();
    await device('b', false);
    await device('a', true);
    const before = root.outline;
    assert.deepEqual(texts(root.children()), [
      'mqtt://127.0.0.1:1883 | this computer',
      'Retained messages | none',
      'Problems | none',
      'a | 3.1.1 · up <1 min · 192.168.1.31',
      'b | 3.1.1 · up <1 min · 192.168.1.31',
    ]);
    local.broker?.disconnect('b');
    assert.deepEqual(texts(root.children())[4], 'b | session kept without end');
    local.broker?.disconnect('a');
    assert.notEqual(root.outline, before);
    assert.deepEqual(texts(root.children())[3], 'b | session kept without end');
    const ids = root.children().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('has clients and retained messages in the order of the numbers in their names', async () => {
    const { local, problems, clock, device } = newWindow();
    const root = new LocalBrokerNode({ local, problems, clock });
    await local.start();
    for (const name of ['node-10', 'node-2', 'Node-1']) {
      const client = await device(name, true);
      await client.sendPacket(retained(`a/${name}/state`));
    }
    const names = root.children().slice(3);
    assert.deepEqual(
      names.map((node) => node.row().label),
      ['Node-1', 'node-2', 'node-10'],
    );
    assert.deepEqual(
      root
        .children()[1]
        ?.children()
        ?.map((node) => node.row().label),
      ['a/Node-1/state', 'a/node-2/state', 'a/node-10/state'],
    );
  });

  it('has the addresses below a row of their own where there are more than three', async () => {
    const { local, problems, clock } = newWindow();
    await local.start();
    const { state, broker } = local;
    assert.ok(state.kind === 'running');
    const listening = (...ports: number[]) => {
      const listeners = ports.map((port) => ({ protocol: 'tcp', host: '127.0.0.1', port }) as const);
      return new LocalBrokerNode({ local: { state: { ...state, listeners }, broker }, problems, clock });
    };
    assert.equal(texts(listening(1, 2, 3).children())[2], 'mqtt://127.0.0.1:3 | this computer');
    const [addresses, next] = listening(1, 2, 3, 4).children();
    assert.equal(addresses?.row().spoken, 'Addresses, 4');
    assert.equal(texts(addresses?.children())[3], 'mqtt://127.0.0.1:4 | this computer');
    assert.equal(next?.row().label, 'Retained messages');
  });

  it('shows 500 of a long list, and 500 more each time that is wanted', async () => {
    const { local, problems, clock, device } = newWindow();
    const root = new LocalBrokerNode({ local, problems, clock });
    await local.start();
    const client = await device('a', true);
    for (let number = 0; number < 1_200; number++) await client.sendPacket(retained(`node-${number}`));
    const list = root.children()[1] ?? assert.fail();
    const last = () => list.children()?.at(-1) ?? assert.fail();
    assert.deepEqual(
      [list.children()?.length, last().row().spoken, list.children()?.[499]?.row().label],
      [501, '700 more messages, show 500 more', 'node-499'],
    );
    const outlines = [list.outline];
    const more = last();
    await client.sendPacket(retained('node-1200'));
    assert.equal(more.row().label, '701 more messages');
    showMoreOf(more);
    outlines.push(list.outline);
    assert.deepEqual([list.children()?.length, last().row().spoken], [1_001, '201 more messages, show all']);
    showMoreOf(last());
    outlines.push(list.outline);
    assert.deepEqual([list.children()?.length, last().row().label], [1_201, 'node-1200']);
    assert.equal(new Set(outlines).size, 3);
  });

  it('shows 500 clients, below what every broker has', async () => {
    const { local, problems, clock, device } = newWindow();
    const root = new LocalBrokerNode({ local, problems, clock });
    await local.start();
    for (let number = 0; number <= 500; number++) await device(`node-${number}`, true);
    const { outline } = root;
    const rows = root.children();
    assert.deepEqual(
      [rows.length, rows[1]?.row().label, rows.at(-1)?.row().spoken],
      [504, 'Retained messages', '1 more client, show all'],
    );
    showMoreOf(rows.at(-1) ?? assert.fail());
    assert.equal(root.children().at(-1)?.row().label, 'node-500');
    assert.notEqual(root.outline, outline);
  });

  it('keeps the row of a client as long as that is there, and tells all below it', async () => {
    const { local, problems, clock, device } = newWindow();
    const root = new LocalBrokerNode({ local, problems, clock });
    await local.start();
    await device('a', true);
    const client = root.children()[3];
    assert.equal(root.children()[3], client);
    assert.equal((client as unknown as { clientIdentifier: string }).clientIdentifier, 'a');
    assert.equal(texts(client?.children())[5], 'Messages | 0 in · 0 out');
  });

  it('has the subscriptions of a client below the row that counts them', async () => {
    const { local, problems, clock, device } = newWindow();
    const root = new LocalBrokerNode({ local, problems, clock });
    await local.start();
    const client = await device('a', true);
    const rows = () => root.children()[3]?.children() ?? [];
    const counting = () => rows().find((node) => node.row().label === 'Subscriptions') ?? assert.fail();
    const before = counting();
    assert.deepEqual([before.row().description, before.children()], ['0', []]);
    await client.sendPacket(a.subscribe(1, [a.subscription('a/#', 1)]));
    assert.equal(counting(), before);
    assert.deepEqual([before.row().description, texts(before.children())], ['1', ['a/# | QoS 1']]);
    assert.ok(rows().every((node) => node.row().label !== 'a/#'));
  });

  function newWindow() {
    const window = new BrokerWindow();
    const { local, problems, clock } = window;
    const device = async (identifier: string, cleanStart: boolean) => {
      const client = window.device();
      await client.connect(identifier, cleanStart);
      return client;
    };
    return { local, problems, clock, device };
  }
});
