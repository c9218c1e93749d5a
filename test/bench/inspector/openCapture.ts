import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { concatBytes } from '../../../src/base/bytes';
import { PacketLog } from '../../../src/capture/packetLog';
import { CaptureReader } from '../../../src/capture/pcap/captureReader';
import { readCaptureFile } from '../../../src/capture/pcap/captureSteps';
import { encode } from '../../../src/protocol/codec';
import { openFileSlices } from '../../../src/storage/fileSlices';
import { client, ethernet, ipv4, pcapngBlocks, server, tcp } from '../../support/captureFiles';
import { a } from '../../support/packets';
import { print } from '../interleave';
import { SlicePace } from './slicePace';

const fileBytes = 200_000_000;
const connections = 100;
const payloadBytes = 64;
const firstPort = 20_000;
const blocksAtOnce = 4096;
const byteBudget = 256 * 1024 * 1024;

/** Opens a pcapng file of 200 MB: a frame for each PUBLISH of 64 bytes, of a hundred connections in turns. */
export async function openCapture(bench: string): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-bench-'));
  const file = path.join(folder, 'large.pcapng');
  try {
    writeCapture(file);
    await open(bench, file);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function open(bench: string, name: string): Promise<void> {
  const file = await openFileSlices(name);
  const pace = new SlicePace();
  const source = {
    size: file.size,
    read: (offset: number, length: number) => pace.aside(file.read(offset, length)),
  };
  const start = { at: performance.now(), cpu: cpu() };
  const log = new PacketLog({ byteBudget });
  pace.begin();
  const report = await readCaptureFile(source, new CaptureReader(log), { pace });
  const line = (metric: string, value: number, unit: string): void =>
    print({ bench, subject: 'ours', metric, value, unit });
  line('time', (performance.now() - start.at) / 1000, 's');
  line('CPU', (cpu() - start.cpu) / 1000, 's');
  line('frames', report?.frames ?? 0, '');
  line('rows kept', log.end - log.first, '');
  pace.print(bench, 'ours', 'slice');
  await file.close();
}

/** Milliseconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function writeCapture(name: string): void {
  const { section, interface: description, packet } = pcapngBlocks();
  const frame = (port: number, payload: Uint8Array, sequence: number): Uint8Array =>
    packet(
      { bytes: ethernet(ipv4(client, server, tcp({ ...client, port }, server, payload, { sequence }))) },
      0n,
    );
  const connect = encode(a.connect({ protocolVersion: 4 }), 4);
  const message = { payload: new Uint8Array(payloadBytes).fill(0x31) };
  const publish = encode(a.publish('devices/bench-7/temperature', 0, 0, message), 4);
  const ports = Array.from({ length: connections }, (_, index) => firstPort + index);
  const file = fs.openSync(name, 'w');
  fs.writeSync(
    file,
    concatBytes([section(), description({ linkType: 1 }), ...ports.map((port) => frame(port, connect, 0))]),
  );
  const block = frame(firstPort, publish, 0);
  const tcpAt = 28 + 14 + 20;
  const page = Buffer.alloc(block.length * blocksAtOnce);
  let count = 0;
  for (let written = 0; written < fileBytes; written += page.length) {
    for (let at = 0; at < page.length; at += block.length, count++) {
      page.set(block, at);
      const microseconds = 1_700_000_000_000_000 + count * 10;
      page.writeUInt32LE(Math.floor(microseconds / 2 ** 32), at + 12);
      page.writeUInt32LE(microseconds >>> 0, at + 16);
      page.writeUInt16BE(firstPort + (count % connections), at + tcpAt);
      page.writeUInt32BE(connect.length + Math.floor(count / connections) * publish.length, at + tcpAt + 4);
    }
    fs.writeSync(file, page);
  }
  fs.closeSync(file);
}
