import assert from 'node:assert/strict';
import { FakeUri, fakeVscode } from '../support/vscodeFake';
import { encodeUtf8 } from '../../src/base/utf8';
import { PacketContexts } from '../../src/capture/packetContexts';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import { parse } from '../../src/snippets/parser';
import type { ConnectionPicker } from '../../src/ui/connections/connectionPicker';
import type { Publisher } from '../../src/ui/connections/publisher';
import { MessageCommands } from '../../src/ui/inspector/commands/messageCommands';
import { PayloadCommands } from '../../src/ui/inspector/commands/payloadCommands';
import type { PayloadDocuments } from '../../src/ui/inspector/commands/payloadDocuments';
import { SelectedPackets } from '../../src/ui/inspector/commands/selectedPackets';
import { selectedRanges } from '../../src/ui/inspector/selectedRows';
import { ShownPackets } from '../../src/ui/inspector/shownPackets';

const { window, workspace } = fakeVscode;
const state = '{"on":true,"mV":3312}';
const bytes = Uint8Array.of(0xff, 0, 0x80);

/** A log of messages, of which those at these places are selected, and commands that make files of them. */
function setUp(selectedPlaces: readonly number[] = [], byteBudget = 1e6) {
  const log = new PacketLog({ byteBudget });
  const connection = log.openConnection('bench');
  const common = { at: 0, connection, direction: 'in', kind: 'packet', version: 5 } as const;
  const publish = (topic: string, payload: Uint8Array, contentType?: string): number =>
    log.append(
      { ...common, topic },
      encode(
        {
          ...{ type: 'PUBLISH', dup: false, qos: 1, retain: false, packetIdentifier: 7, topicName: topic },
          ...{ properties: contentType === undefined ? {} : { contentType }, payload },
        },
        5,
      ),
    );
  const sequences = {
    json: publish('devices/1/state', encodeUtf8(state)),
    binary: publish('devices/1/raw', bytes),
    xml: publish('devices/1/menu', encodeUtf8('<a/>'), 'application/xml'),
    untellable: publish('a b ', encodeUtf8('1')),
    ping: log.append({ ...common, topic: undefined }, Uint8Array.of(0xc0, 0)),
  };
  const packets = new ShownPackets(log, new PacketContexts(log));
  const ranges = selectedPlaces.map((start) => ({ start, end: start + 1 }));
  const active = { log, shownPackets: packets, selected: selectedRanges(ranges) };
  const selected = new SelectedPackets({ log, packets, inspectors: { active: active as never } });
  const files: { readonly uri: FakeUri; readonly document: unknown }[] = [];
  const messages = new MessageCommands({
    selected,
    picker: {} as ConnectionPicker,
    publisher: {} as Publisher,
    snippets: { all: () => Promise.resolve(files as never) },
    connectionOf: () => undefined,
  });
  const opened: string[] = [];
  const documents = { open: ({ topicName }: { topicName: string }) => void opened.push(topicName) };
  const payloads = new PayloadCommands(selected, documents as unknown as PayloadDocuments);
  return { publish, sequences, messages, payloads, files, opened };
}

const told = (): string => window.messages.map(({ text }) => text).join('\n');

describe('A file that is made of packets', () => {
  beforeEach(() => {
    for (const list of [window.messages, window.picks, window.offered, window.documents]) list.length = 0;
    window.status.clear();
    window.press = window.pick = window.saved = undefined;
    workspace.files.clear();
    workspace.written.clear();
    workspace.isWritable = true;
    workspace.workspaceFolders = [{ uri: new FakeUri('/work') }];
  });
  after(() => {
    workspace.files.clear();
    workspace.workspaceFolders = undefined;
  });

  describe('Adding a packet to a test as EXPECT', () => {
    it('begins a new file where there is none, without asking', async () => {
      const { messages, sequences } = setUp();
      await messages.expectPacket({ sequence: sequences.json });
      assert.deepEqual(window.picks, []);
      assert.equal(
        workspace.files.get('/Untitled-1'),
        [
          '### devices/1/state is published',
          'EXPECT devices/1/state',
          'Within: 5s',
          'Where: qos == 1',
          'Where: payload.on == true',
          'Where: payload.mV == 3312',
          '',
        ].join('\n'),
      );
    });

    it('writes behind what stands in the file that is chosen, and leaves the cursor at it', async () => {
      const { messages, sequences, files } = setUp();
      const before = '### First\nPUBLISH a\n\n1\n';
      workspace.files.set('/test.mqtt', before);
      files.push({ uri: new FakeUri('/test.mqtt'), document: {} });
      files.push({ uri: new FakeUri('/latin1.mqtt'), document: undefined });
      window.pick = 'test.mqtt';
      await messages.expectPacket({ sequence: sequences.binary });
      assert.deepEqual(window.picks, [
        { asked: 'The .mqtt file with the test', labels: ['New File', 'test.mqtt'] },
      ]);
      const text = String(workspace.files.get('/test.mqtt'));
      assert.ok(text.startsWith(before));
      const { blocks, problems } = parse(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        blocks.map(({ request }) => request?.argument.text),
        ['a', 'devices/1/raw'],
      );
      assert.match(text, /Where: hex == "ff0080"/);
      const [{ cursor } = { cursor: undefined }] = window.documents;
      assert.equal(text.slice(cursor, text.indexOf('\n', cursor)), '### devices/1/raw is published');
    });

    it('takes all that are selected, and leaves out what is no message, which it says', async () => {
      const { messages, sequences } = setUp([1, 2, 5]);
      await messages.expectPacket({ sequence: sequences.json });
      const { blocks } = parse(String(workspace.files.get('/Untitled-1')));
      assert.equal(blocks.length, 2);
      assert.match(told(), /^Packet #5 is a PINGREQ, which carries no message\. It was left out\.$/);
    });

    it('writes nothing where one cannot be said, the file cannot be changed, or nobody chooses', async () => {
      const { messages, sequences, files } = setUp([1, 4]);
      await messages.expectPacket(undefined);
      assert.match(told(), /packet #4 cannot be written in a \.mqtt file.*Nothing was written\./);
      workspace.isWritable = false;
      await messages.expectPacket({ sequence: sequences.xml });
      assert.match(told(), /it may be read-only\. Nothing was written\./);
      workspace.isWritable = true;
      files.push({ uri: new FakeUri('/test.mqtt'), document: {} });
      await messages.expectPacket({ sequence: sequences.xml });
      assert.deepEqual([...workspace.files.keys()], []);
      assert.deepEqual(window.documents, []);
    });
  });

  describe('Saving the payload of a packet', () => {
    for (const [name, file, content] of [
      ['json', 'state.json', encodeUtf8(state)],
      ['binary', 'raw.bin', bytes],
      ['xml', 'menu.xml', encodeUtf8('<a/>')],
    ] as const) {
      it(`offers ${file} in the workspace, and writes every byte`, async () => {
        const { payloads, sequences } = setUp();
        window.saved = new FakeUri('/elsewhere/x.out');
        await payloads.savePayload({ sequence: sequences[name] });
        assert.deepEqual(
          window.offered.map((uri) => uri?.path),
          [`/work/${file}`],
        );
        assert.deepEqual([...workspace.written], [['/elsewhere/x.out', content]]);
        assert.deepEqual([...window.status], [`$(check) Saved ${content.length} B as x.out`]);
      });
    }

    it('writes nothing where somebody closes the dialog', async () => {
      const { payloads, sequences } = setUp();
      await payloads.savePayload({ sequence: sequences.json });
      assert.deepEqual([workspace.written.size, window.status.size, told()], [0, 0, '']);
    });

    it('says why there is nothing to save', async () => {
      const { payloads, sequences } = setUp();
      await payloads.savePayload({ sequence: sequences.ping });
      await payloads.savePayload(undefined);
      assert.match(told(), /is a PINGREQ, which carries no message\.\nNo packet is selected\./);
      assert.deepEqual(window.offered, []);
    });

    it('is what an editor offers that cannot hold the payload', async () => {
      const { payloads, publish, sequences, opened } = setUp([], 64e6);
      await payloads.openPayload({ sequence: sequences.json });
      assert.deepEqual(opened, ['devices/1/state']);
      window.press = 'Save Payload…';
      window.saved = new FakeUri('/image.bin');
      const sequence = publish('firmware/image', new Uint8Array(49 * 1024 * 1024));
      await payloads.openPayload({ sequence });
      assert.match(told(), /too large for an editor/);
      assert.equal(workspace.written.get('/image.bin')?.length, 49 * 1024 * 1024);
      assert.deepEqual(opened, ['devices/1/state']);
    });
  });
});
