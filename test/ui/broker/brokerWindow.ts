import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/lifecycle';
import type { Pace } from '../../../src/base/slices';
import { TransportFailureError } from '../../../src/base/transportFailure';
import { PacketLog } from '../../../src/capture/packetLog';
import { type BrokerSettingName, brokerSettings } from '../../../src/contributions/brokerSettings';
import { encode } from '../../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../../src/protocol/controlPacket';
import type { Listen, Transport } from '../../../src/session/effects';
import { memoryLink } from '../../../src/transport/memoryLink';
import { systemCrypto, systemPasswordHashing } from '../../../src/transport/systemCrypto';
import { BrokerCaptures } from '../../../src/ui/broker/brokerCaptures';
import { readBrokerConfiguration } from '../../../src/ui/broker/brokerConfiguration';
import { BrokerProblems } from '../../../src/ui/broker/brokerProblems';
import { BrokerUsers } from '../../../src/ui/broker/brokerUsers';
import { LocalBroker } from '../../../src/ui/broker/localBroker';
import { MemoryDisk, MemoryJournal } from '../../support/memoryJournal';
import { FakeClock, turn } from '../../support/fakeClock';

/** Rests after every step. */
const pace: Pace = { now: () => time++ * 100, rest: () => Promise.resolve() };
let time = 0;

/** The settings with their defaults, and what somebody wrote. */
export function settings(written: Readonly<Record<string, unknown>> = {}) {
  return (name: BrokerSettingName): unknown =>
    name in written ? written[name] : brokerSettings[name].default;
}

/** A secret storage in memory. */
export class FakeSecrets {
  readonly kept = new Map<string, string>();
  get = (key: string): Promise<string | undefined> => Promise.resolve(this.kept.get(key));
  store = (key: string, value: string): Promise<void> => Promise.resolve(void this.kept.set(key, value));
  delete = (key: string): Promise<void> => Promise.resolve(void this.kept.delete(key));
}

/** A device on the other end of a link: what it sends is what a test says. */
export class Device {
  readonly received: Uint8Array[] = [];
  isClosed = false;

  constructor(
    private readonly transport: Transport,
    private readonly version: ProtocolVersion,
  ) {
    transport.start({
      bytes: (chunk) => this.received.push(chunk),
      drained: () => undefined,
      closed: () => (this.isClosed = true),
    });
  }

  async send(bytes: Uint8Array | readonly number[]): Promise<void> {
    this.transport.write(Uint8Array.from(bytes));
    await turn();
    await turn();
  }

  sendPacket(packet: ControlPacket): Promise<void> {
    return this.send(encode(packet, this.version));
  }

  async connect(clientIdentifier: string, cleanStart = true): Promise<void> {
    const protocolName = this.version === 3 ? 'MQIsdp' : 'MQTT';
    await this.sendPacket({
      ...{ type: 'CONNECT', protocolName, protocolVersion: this.version, clientIdentifier },
      ...{ cleanStart, keepAlive: 60, properties: {} },
      ...{ will: undefined, userName: undefined, password: undefined },
    });
  }

  end(): void {
    this.transport.end();
  }
}

/** A window with a local broker whose ports are in memory. */
export class BrokerWindow {
  readonly clock = new FakeClock();
  readonly log = new PacketLog({ byteBudget: 1_000_000 });
  readonly captures = new BrokerCaptures(this.log);
  readonly problems = new BrokerProblems(this.captures, this.clock);
  readonly secrets = new FakeSecrets();
  readonly users = new BrokerUsers(this.secrets, systemPasswordHashing, systemCrypto);
  readonly disk = new MemoryDisk();
  readonly taken = new Set<number>();
  readonly bound = new Set<number>();
  readonly questions: string[] = [];
  written: Readonly<Record<string, unknown>> = {};
  isTrusted = true;
  agrees = true;
  private readonly arrived = new Emitter<Transport>();
  private nextPort = 50_000;

  readonly local = new LocalBroker({
    clock: this.clock,
    pace,
    captures: this.captures,
    hashing: systemPasswordHashing,
    cryptography: systemCrypto,
    read: () => readBrokerConfiguration(settings(this.written)),
    isTrusted: () => this.isTrusted,
    agreesToOpen: (host) => {
      this.questions.push(host);
      return Promise.resolve(this.agrees);
    },
    users: () => this.users.all(),
    tls: () =>
      Promise.reject(new TransportFailureError({ step: 'tls', code: 'optionsInvalid', detail: 'no key' })),
    renewalFailed: (error) => assert.fail(String(error)),
    listenFor: () => this.listen,
    openStore: () => Promise.resolve(new MemoryJournal(this.disk)),
    portOwner: () => Promise.resolve({ name: 'mosquitto', pid: 42 }),
    nextFreePort: (_, port, except) => {
      while (except.has(port)) port++;
      return Promise.resolve(port);
    },
    version: '1.2.3',
    newIdentifier: () => 'auto-1',
    ready: () => Promise.resolve(),
  });

  constructor() {
    this.local.onDidStart((broker) => this.problems.watch(broker));
    this.local.onDidRefuse(({ connection }) => this.problems.refused(connection));
  }

  device(version: ProtocolVersion = 4, host = '192.168.1.31'): Device {
    const [ours, theirs] = memoryLink();
    Object.defineProperty(theirs, 'peer', { value: `${host}:${this.nextPort++}` });
    this.arrived.fire(theirs);
    return new Device(ours, version);
  }

  /** The rows of the log: which connection, which way, what. */
  rows(): readonly string[] {
    const rows: string[] = [];
    for (let sequence = this.log.first; sequence < this.log.end; sequence++)
      rows.push(this.rowText(sequence));
    return rows;
  }

  rowText(sequence: number | undefined): string {
    const row = sequence === undefined ? undefined : this.log.row(sequence);
    if (!row) return 'none';
    return `${this.log.connectionName(row.connection) ?? '?'} ${row.direction} ${row.packetType ?? row.kind}`;
  }

  private readonly listen: Listen = ({ host, port }, onConnection) => {
    if (this.taken.has(port)) {
      const failure = { step: 'tcp', code: 'addressInUse', detail: 'EADDRINUSE' } as const;
      return Promise.reject(new TransportFailureError(failure));
    }
    this.bound.add(port);
    const listening = this.arrived.event(onConnection);
    return Promise.resolve({
      host,
      port,
      close: () => {
        listening.dispose();
        this.bound.delete(port);
        return Promise.resolve();
      },
    });
  };
}

/** A window whose local broker runs, as its settings are by default. */
export async function running(): Promise<BrokerWindow> {
  const window = new BrokerWindow();
  assert.equal(await window.local.start(), undefined);
  return window;
}

/** What is under Problems. */
export function listed({ problems }: BrokerWindow): readonly string[] {
  return problems.all().map(({ who, short, count }) => `${who}: ${short} x${count}`);
}
