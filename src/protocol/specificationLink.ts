import type { ProtocolVersion } from './controlPacket';

/** A specification on the web, whose headings have consecutive anchors, in the order of its table of contents. */
interface Specification {
  readonly page: string;
  /** The number in the anchor of the first of `sections`. */
  readonly firstAnchor: number;
  readonly sections: readonly string[];
  /** The chapter on WebSocket, which comes behind one on security that has no rules. */
  readonly webSocketAnchor: number;
}

const sections5 = `
  1.5 1.5.1 1.5.2 1.5.3 1.5.4 1.5.5 1.5.6 1.5.7 1.6 1.7 1.8 1.8.1 1.8.2 2 2.1 2.1.1 2.1.2 2.1.3 2.1.4 2.2
  2.2.1 2.2.2 2.2.2.1 2.2.2.2 2.3 2.4 3 3.1 3.1.1 3.1.2 3.1.2.1 3.1.2.2 3.1.2.3 3.1.2.4 3.1.2.5 3.1.2.6
  3.1.2.7 3.1.2.8 3.1.2.9 3.1.2.10 3.1.2.11 3.1.2.11.1 3.1.2.11.2 3.1.2.11.3 3.1.2.11.4 3.1.2.11.5
  3.1.2.11.6 3.1.2.11.7 3.1.2.11.8 3.1.2.11.9 3.1.2.11.10 3.1.2.12 3.1.3 3.1.3.1 3.1.3.2 3.1.3.2.1
  3.1.3.2.2 3.1.3.2.3 3.1.3.2.4 3.1.3.2.5 3.1.3.2.6 3.1.3.2.7 3.1.3.2.8 3.1.3.3 3.1.3.4 3.1.3.5 3.1.3.6
  3.1.4 3.2 3.2.1 3.2.2 3.2.2.1 3.2.2.1.1 3.2.2.2 3.2.2.3 3.2.2.3.1 3.2.2.3.2 3.2.2.3.3 3.2.2.3.4 3.2.2.3.5
  3.2.2.3.6 3.2.2.3.7 3.2.2.3.8 3.2.2.3.9 3.2.2.3.10 3.2.2.3.11 3.2.2.3.12 3.2.2.3.13 3.2.2.3.14 3.2.2.3.15
  3.2.2.3.16 3.2.2.3.17 3.2.2.3.18 3.2.3 3.3 3.3.1 3.3.1.1 3.3.1.2 3.3.1.3 3.3.1.4 3.3.2 3.3.2.1 3.3.2.2
  3.3.2.3 3.3.2.3.1 3.3.2.3.2 3.3.2.3.3 3.3.2.3.4 3.3.2.3.5 3.3.2.3.6 3.3.2.3.7 3.3.2.3.8 3.3.2.3.9 3.3.3
  3.3.4 3.4 3.4.1 3.4.2 3.4.2.1 3.4.2.2 3.4.2.2.1 3.4.2.2.2 3.4.2.2.3 3.4.3 3.4.4 3.5 3.5.1 3.5.2 3.5.2.1
  3.5.2.2 3.5.2.2.1 3.5.2.2.2 3.5.2.2.3 3.5.3 3.5.4 3.6 3.6.1 3.6.2 3.6.2.1 3.6.2.2 3.6.2.2.1 3.6.2.2.2
  3.6.2.2.3 3.6.3 3.6.4 3.7 3.7.1 3.7.2 3.7.2.1 3.7.2.2 3.7.2.2.1 3.7.2.2.2 3.7.2.2.3 3.7.3 3.7.4 3.8 3.8.1
  3.8.2 3.8.2.1 3.8.2.1.1 3.8.2.1.2 3.8.2.1.3 3.8.3 3.8.3.1 3.8.4 3.9 3.9.1 3.9.2 3.9.2.1 3.9.2.1.1
  3.9.2.1.2 3.9.2.1.3 3.9.3 3.10 3.10.1 3.10.2 3.10.2.1 3.10.2.1.1 3.10.2.1.2 3.10.3 3.10.4 3.11 3.11.1
  3.11.2 3.11.2.1 3.11.2.1.1 3.11.2.1.2 3.11.2.1.3 3.11.3 3.12 3.12.1 3.12.2 3.12.3 3.12.4 3.13 3.13.1
  3.13.2 3.13.3 3.13.4 3.14 3.14.1 3.14.2 3.14.2.1 3.14.2.2 3.14.2.2.1 3.14.2.2.2 3.14.2.2.3 3.14.2.2.4
  3.14.2.2.5 3.14.3 3.14.4 3.15 3.15.1 3.15.2 3.15.2.1 3.15.2.2 3.15.2.2.1 3.15.2.2.2 3.15.2.2.3 3.15.2.2.4
  3.15.2.2.5 3.15.3 3.15.4 4 4.1 4.1.1 4.1.2 4.2 4.3 4.3.1 4.3.2 4.3.3 4.4 4.5 4.6 4.7 4.7.1 4.7.1.1
  4.7.1.2 4.7.1.3 4.7.2 4.7.3 4.8 4.8.1 4.8.2 4.9 4.10 4.10.1 4.10.2 4.11 4.12 4.12.1 4.13 4.13.1 4.13.2
`;

/** Headings below the third level have no anchors. */
const sections311 = `
  1.5 1.5.1 1.5.2 1.5.3 1.6 2 2.1 2.2 2.2.1 2.2.2 2.2.3 2.3 2.3.1 2.4 3 3.1 3.1.1 3.1.2 3.1.3 3.1.4 3.2
  3.2.1 3.2.2 3.2.3 3.3 3.3.1 3.3.2 3.3.3 3.3.4 3.3.5 3.4 3.4.1 3.4.2 3.4.3 3.4.4 3.5 3.5.1 3.5.2 3.5.3
  3.5.4 3.6 3.6.1 3.6.2 3.6.3 3.6.4 3.7 3.7.1 3.7.2 3.7.3 3.7.4 3.8 3.8.1 3.8.2 3.8.3 3.8.4 3.9 3.9.1 3.9.2
  3.9.3 3.10 3.10.1 3.10.2 3.10.3 3.10.4 3.11 3.11.1 3.11.2 3.11.3 3.12 3.12.1 3.12.2 3.12.3 3.12.4 3.13
  3.13.1 3.13.2 3.13.3 3.14 3.14.1 3.14.2 3.14.3 3.14.4 4 4.1 4.1.1 4.2 4.3 4.3.1 4.3.2 4.3.3 4.4 4.5 4.6
  4.7 4.7.1 4.7.2 4.7.3 4.8
`;

const specifications: Readonly<Record<'3.1.1' | '5.0', Specification>> = {
  '3.1.1': {
    page: 'https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html',
    firstAnchor: 398718013,
    sections: sections311.trim().split(/\s+/),
    webSocketAnchor: 398718127,
  },
  '5.0': {
    page: 'https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html',
    firstAnchor: 3901006,
    sections: sections5.trim().split(/\s+/),
    webSocketAnchor: 3901285,
  },
};

/**
 * Where the specification of a version can be read on the web: that of 3.1.1 for 3.1, which is not at OASIS.
 * @param place a section or a clause, such as `3.3.2.1` or `MQTT-3.3.2-2`
 * @returns the address of the section, or of the closest one around it that has an anchor; undefined where `place` is neither
 */
export function specificationLink(place: string, version: ProtocolVersion): string | undefined {
  const found = /^(?:MQTT-(\d[\d.]*)-\d+|(\d[\d.]*))/.exec(place);
  const section = found?.[1] ?? found?.[2];
  if (section === undefined) return undefined;
  const { page, firstAnchor, sections, webSocketAnchor } = specifications[version === 5 ? '5.0' : '3.1.1'];
  const parts = section.split('.');
  if (parts[0] === '6') return `${page}#_Toc${webSocketAnchor}`;
  for (; parts.length > 0; parts.pop()) {
    const index = sections.indexOf(parts.join('.'));
    if (index >= 0) return `${page}#_Toc${firstAnchor + index}`;
  }
  return undefined;
}
