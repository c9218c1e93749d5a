import assert from 'node:assert/strict';
import { concatBytes } from '../../src/base/bytes';
import { readConnectionName } from '../../src/base/connectionName';
import type { PacketLog } from '../../src/capture/packetLog';
import { writePcapng } from '../../src/capture/pcap/pcapngWriter';
import { type End, ethernet, type Frame, pcapFile } from './captureFiles';
import { readCapture, TcpTalk } from './tcpTalk';

/** Bytes of a segment at most, as over Ethernet. */
const longestSegment = 1_448;
/** A client whose address no name tells. */
const nowhere = [10, 0, 0, 99];

interface Talk {
  readonly talk: TcpTalk;
  readonly clientWay: 'in' | 'out';
}

/**
 * The packets of a log as another program would have seen them pass: frames of Ethernet with TCP in them, from the addresses in
 * the names of the connections, each connection from a port of its own. Nothing but the bytes and their times gets across.
 */
export function foreignFrames(log: PacketLog, server: End = { address: [10, 0, 0, 1], port: 1883 }): Frame[] {
  const frames: Frame[] = [];
  const talks = new Map<number, Talk>();
  /** Enters what a talk has said since, at one time. */
  const take = ({ talk }: Talk, at: number): void => {
    for (const { bytes } of talk.frames.splice(0)) frames.push({ bytes: ethernet(bytes), at: at * 1_000 });
  };
  const closeUntil = (sequence: number): void => {
    for (const [connection, each] of talks) {
      const end = log.connectionEnd(connection);
      if (!end || end.end > sequence) continue;
      each.talk.end('client').end('server');
      take(each, end.at ?? assert.fail('nobody noted when it ended'));
      talks.delete(connection);
    }
  };
  for (let sequence = log.first; sequence < log.end; sequence++) {
    closeUntil(sequence);
    const row = log.row(sequence) ?? assert.fail();
    const bytes = log.bytesAt(sequence) ?? assert.fail();
    let known = talks.get(row.connection);
    if (!known) {
      const { origin } = readConnectionName(log.connectionName(row.connection) ?? '');
      const address = origin?.split('.').map(Number) ?? nowhere;
      const client = { address, port: 40_000 + row.connection };
      const clientWay = log.isFromClient(row.connection, 'out') ? 'out' : 'in';
      known = { talk: new TcpTalk(client, server).handshake(), clientWay };
      talks.set(row.connection, known);
    }
    const from = row.direction === known.clientWay ? 'client' : 'server';
    for (let at = 0; at < bytes.length; at += longestSegment)
      known.talk.send(from, bytes.subarray(at, at + longestSegment));
    take(known, row.at);
  }
  closeUntil(log.end);
  return frames;
}

/** A capture file of that, as tcpdump writes it. */
export function foreignCapture(log: PacketLog): Uint8Array {
  return pcapFile(foreignFrames(log), { linkType: 1 });
}

/** The log that our own file of a log is read into. */
export function readOwn(log: PacketLog): PacketLog {
  const sequences = Array.from({ length: log.end - log.first }, (_, index) => log.first + index);
  const pieces = writePcapng(log, sequences, { application: 'MQTT Workbench', conceal: (bytes) => bytes });
  return readCapture(concatBytes([...pieces])).log;
}

/** The log that such a file is read into. */
export function readForeign(log: PacketLog): PacketLog {
  return readCapture(foreignCapture(log)).log;
}
