import { assertNever } from '../../base/assert';
import { grouped } from '../../base/grouped';
import type { CaptureProblem, ForeignFormat } from './captureFormat';
import type { CaptureReport } from './captureReader';

/** What is to be said of a capture file that was read, besides its rows: whole sentences, the gravest first. */
export function describeCapture(report: CaptureReport): readonly string[] {
  const { problems, problemCount, tcp, incompleteDatagrams, unsupportedLinkTypes, tlsConnections } = report;
  const sentences = problems.slice(0, mostSentences).map(describeProblem);
  if (problemCount > sentences.length) {
    sentences.push(`There are ${count(problemCount - sentences.length, 'more place')} like that.`);
  }
  for (const [linkType, frames] of unsupportedLinkTypes) {
    sentences.push(
      `${count(frames, 'frame')} of link type ${linkType}, which cannot be read. Capture on another interface.`,
    );
  }
  // Of a file without MQTT it is said with what else is in it.
  if (tlsConnections > 0 && report.connections > 0) {
    sentences.push(
      `${count(tlsConnections, 'connection')} with TLS left: what TLS carries cannot be read from a capture, MQTT or not.`,
    );
  }
  if (tcp.gaps > 0) {
    sentences.push(
      `${count(tcp.gaps, 'gap')} in connections: the bytes are in no frame. Each is named at its place.`,
    );
  }
  if (tcp.cut > 0) {
    sentences.push(
      `${count(tcp.cut, 'segment')} cut at the snap length. Each is named at its place; tcpdump -s 0 captures all.`,
    );
  }
  if (incompleteDatagrams > 0) {
    sentences.push(`${count(incompleteDatagrams, 'IP packet')} of which a fragment is missing.`);
  }
  if (tcp.retransmitted > 0 || tcp.reordered > 0) {
    sentences.push(
      `${count(tcp.retransmitted, 'segment')} that came again and ${count(tcp.reordered, 'segment')} out of order; their bytes are shown once, in order.`,
    );
  }
  return sentences;
}

/** Why a capture file has no rows, as far as that can be told, and what to do. */
export function describeNothing({ frames, tlsConnections, otherConnections }: CaptureReport): string {
  const what = [
    count(frames, 'frame'),
    ...(tlsConnections > 0 ? [`${count(tlsConnections, 'connection')} with TLS, which cannot be read`] : []),
    ...(otherConnections > 0 ? [count(otherConnections, 'connection') + ' of something else'] : []),
  ];
  return (
    `no MQTT is in it: ${what.join(', ')}. A connection at another port than 1883 is found by its CONNECT, or by ` +
    'whole packets: begin the capture before the client connects'
  );
}

const mostSentences = 20;

const compressed = (how: string): string =>
  `This file is compressed with ${how}. Unpack it, and open what is in it.`;
const unread = (what: string): string =>
  `This is ${what}, which is not read. Open it in Wireshark and save it as pcapng.`;

const foreignSentences: Readonly<Record<ForeignFormat, string>> = {
  gzip: compressed('gzip'),
  zstd: compressed('Zstandard'),
  lz4: compressed('LZ4'),
  zip: compressed('ZIP'),
  snoop: unread('a capture file of snoop'),
  netmon: unread('a capture file of Microsoft Network Monitor'),
  sniffer: unread('a capture file of a Sniffer'),
  modifiedPcap: unread('a pcap file with the longer records of old Linux systems'),
};

/** One problem of a file, with the place. */
function describeProblem({ code, block, offset, skipped, kind }: CaptureProblem): string {
  const place = `block ${block}, at byte ${grouped(offset)}`;
  switch (code) {
    case 'notACaptureFile':
      return kind === undefined
        ? 'This is not a capture file: it begins like neither pcap nor pcapng.'
        : foreignSentences[kind];
    case 'truncated':
      return `The file ends inside ${place}. What is before is shown.`;
    case 'damagedBlock':
      return skipped === undefined
        ? `The file is damaged in ${place}, and nothing readable follows. What is before is shown.`
        : `The file is damaged in ${place}. ${count(skipped, 'byte')} could not be read; what is before and behind is shown.`;
    case 'unknownInterface':
      return `The frame in ${place} is of an interface that the file does not describe.`;
    default:
      return assertNever(code);
  }
}

function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}
