import type { CarriedMessage, LogObserver, SeenConnection, SeenHandshake, SeenPacket } from '../seen';
import { Acknowledgements } from './acknowledgements';
import { Buffers } from './buffers';
import { ClientIdentifiers } from './clientIdentifiers';
import { Clocks } from './clocks';
import type { DoctorContext, DoctorReport, Finding, FindingFamily, FindingSeverity } from './finding';
import { IdentifierFights } from './identifierFights';
import { KeepAlives } from './keepAlives';
import { Limits } from './limits';
import { Reconnects } from './reconnects';
import { RetainedMessages } from './retainedMessages';
import { Sessions } from './sessions';
import { TopicNames } from './topicNames';
import { Wills } from './wills';

/** How many findings are told at most, the gravest ones. */
const mostFindings = 500;

const gravestFirst: readonly FindingSeverity[] = ['problem', 'warning', 'hint'];

/** Looks at all packets as a person would who knows MQTT, and says in plain words what is wrong. */
export class Doctor implements LogObserver {
  private readonly families: readonly FindingFamily[] = [
    new IdentifierFights(),
    new KeepAlives(),
    new Reconnects(),
    new Acknowledgements(),
    new Sessions(),
    new Wills(),
    new RetainedMessages(),
    new TopicNames(),
    new ClientIdentifiers(),
    new Buffers(),
    new Limits(),
    new Clocks(),
  ];
  private first = 0;
  private lastBroken = -1;

  packet(seen: SeenPacket): void {
    if (seen.violations.length > 0) this.lastBroken = seen.row.sequence;
    for (const family of this.families) family.packet?.(seen);
  }

  handshake(handshake: SeenHandshake): void {
    for (const family of this.families) family.handshake?.(handshake);
  }

  resumed(message: CarriedMessage, connection: SeenConnection): void {
    for (const family of this.families) family.resumed?.(message, connection);
  }

  ended(connection: SeenConnection): void {
    for (const family of this.families) family.ended?.(connection);
  }

  forgetBefore(first: number): void {
    this.first = first;
    for (const family of this.families) family.forgetBefore?.(first);
  }

  /**
   * What was found so far, the gravest first. What rested on packets that have all left the log is left out. Yields where
   * its caller may rest.
   */
  *report(context: DoctorContext): Generator<undefined, DoctorReport> {
    const found: Finding[] = [];
    for (const family of this.families) {
      for (const finding of family.findings(context)) {
        const packets = finding.packets.filter((sequence) => sequence >= this.first);
        if (packets.length > 0) found.push({ ...finding, packets });
      }
      yield undefined;
    }
    const gravity = ({ severity }: Finding): number => gravestFirst.indexOf(severity);
    found.sort((a, b) => gravity(a) - gravity(b) || b.count - a.count);
    return {
      findings: found.slice(0, mostFindings),
      omitted: Math.max(0, found.length - mostFindings),
      overlooks: this.families.some(({ subjects }) => subjects.some(({ overlooks }) => overlooks)),
      lastBroken: this.lastBroken >= this.first ? this.lastBroken : undefined,
    };
  }
}
