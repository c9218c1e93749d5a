import { Emitter } from '../../../src/base/lifecycle';
import { encodeUtf8 } from '../../../src/base/utf8';
import type { CapturedBytes } from '../../../src/capture/packetSegment';
import { PacketLog } from '../../../src/capture/packetLog';
import type { ChartSeries } from '../../../src/inspector/chartContract';
import type { DownConnection } from '../../../src/inspector/downContract';
import type { PayloadRule } from '../../../src/inspector/payloadRules';
import type { ColumnChoice, PanelAction } from '../../../src/inspector/panelContract';
import { encode } from '../../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../../src/protocol/controlPacket';
import { ChoiceMemory } from '../../../src/ui/inspector/choiceMemory';
import { InspectorSession } from '../../../src/ui/inspector/inspectorSession';
import { ScriptedCapture } from '../../support/scriptedCapture';
import { troubledConversation } from './troubledConversation';

/*
 * The extension host, played inside the page before its own script runs: a real log and a real session, and in place of
 * VS Code's channel messages that are copied and arrive later. What setState keeps outlives the page as it does in VS Code.
 */

let epoch = Date.UTC(2026, 10, 22, 14, 2, 11, 42);
const log = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
const bench = log.openConnection('bench');
const device = log.openConnection('esp32-7f2a');
const toHost = new Emitter<unknown>();
const failures: string[] = [];
const copied: string[] = [];
/** Which columns the person chooses when asked. */
let choose: (columns: readonly ColumnChoice[]) => readonly string[] | undefined = () => undefined;

let sentBytes = 0;
/** What the view called, oldest first. */
const called: string[] = [];

/** How many bytes the part of a packet has that a message carries. */
function bytesIn(message: unknown): number {
  const { value } = message as { readonly value?: { readonly bytes?: unknown } | null };
  return value?.bytes instanceof Uint8Array ? value.bytes.length : 0;
}

const downChanged = new Emitter<void>();
let down: readonly DownConnection[] = [];
const reconnected: (string | undefined)[] = [];
const rulesChanged = new Emitter<void>();
let rules: readonly PayloadRule[] = [];
/** What the person saved. */
const saved: { readonly kind: string; readonly bytes: Uint8Array }[] = [];

function setRules(changed: readonly PayloadRule[]): void {
  rules = changed;
  rulesChanged.fire();
}

/** As VS Code's memento of all windows does, this outlives the page and the panel. */
const choiceMemory = new ChoiceMemory({
  get: (key: string): unknown => JSON.parse(localStorage.getItem(key) ?? 'null'),
  update: (key, value) => Promise.resolve(localStorage.setItem(key, JSON.stringify(value))),
});
const session = new InspectorSession(
  {
    post: (message) => {
      sentBytes += bytesIn(message);
      const copy: unknown = structuredClone(message);
      setTimeout(() => window.dispatchEvent(new MessageEvent('message', { data: copy })));
    },
    onMessage: toHost.event,
  },
  {
    log,
    name: 'host',
    visible: () => true,
    clear: () => Promise.resolve(log.clear()),
    services: {
      copyText: (text) => Promise.resolve(void copied.push(text)),
      copySelected: () => Promise.resolve(void copied.push('selected')),
      choices: choiceMemory,
      chooseColumns: (columns) => Promise.resolve(choose(columns)),
    },
    failed: (error) => failures.push(error.message),
    connections: {
      down: () => down,
      onDidChange: downChanged.event,
      reconnect: (key) => Promise.resolve(void reconnected.push(key ?? undefined)),
    },
    payloads: {
      rules: () => rules,
      onDidChangeRules: rulesChanged.event,
      remember: (topic, mode) => {
        setRules(mode === 'auto' ? [] : [{ topic, as: mode }]);
        return Promise.resolve(true);
      },
      take: (sequence, where) => Promise.resolve(void copied.push(`payload of #${sequence} to ${where}`)),
      save: (kind, bytes) => {
        saved.push({ kind, bytes: bytes.slice() });
        return Promise.resolve(true);
      },
    },
  },
);

Object.assign(globalThis, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      const copy: unknown = structuredClone(message);
      const { method } = message as { readonly method?: string };
      if (method !== undefined) called.push(method);
      setTimeout(() => {
        // What the host does is not the view's: a trace tells them apart by these.
        performance.mark('host-start');
        toHost.fire(copy);
        performance.mark('host-end');
        performance.clearMarks();
      });
    },
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  }),
});

let sent = 0;

function append(bytes: Uint8Array, more: Partial<CapturedBytes> = {}): number {
  const at = epoch + sent++ * 59.178;
  return log.append(
    { at, direction: 'in', connection: bench, kind: 'packet', version: 5, topic: undefined, ...more },
    bytes,
  );
}

function publish(topicName: string, payload: Uint8Array, version: ProtocolVersion = 5): ControlPacket {
  const properties = version === 5 ? { contentType: 'application/json' } : {};
  return {
    type: 'PUBLISH',
    dup: false,
    qos: 1,
    retain: false,
    topicName,
    packetIdentifier: 17,
    properties,
    payload,
  };
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const state = encodeUtf8('{"on":true,"mV":3312,"name":"bench-7","tags":["a",null]}');

/** What the tests do on the host's side. */
const harness = {
  failures,

  /** A short conversation of every interesting kind. Returns the sequence numbers by name. */
  conversation(version: ProtocolVersion) {
    const properties = {};
    const connect = encode(
      {
        type: 'CONNECT',
        protocolName: 'MQTT',
        protocolVersion: version,
        cleanStart: true,
        keepAlive: 60,
        properties,
        clientIdentifier: 'bench',
        will: undefined,
        userName: 'me',
        password: encodeUtf8('secret'),
      },
      version,
    );
    // Will QoS 3, which no version allows.
    const broken = encode(
      {
        type: 'CONNECT',
        protocolName: 'MQTT',
        protocolVersion: version,
        cleanStart: true,
        keepAlive: 30,
        properties,
        clientIdentifier: 'esp32-7f2a',
        will: { topicName: 'gone', payload: encodeUtf8('bye'), qos: 1, retain: true, properties },
        userName: undefined,
        password: undefined,
      },
      version,
    );
    broken[9] = (broken[9] ?? 0) | 0x18;
    const context = { version };
    const sequences = {
      connect: append(connect, { ...context, direction: 'out' }),
      connack: append(
        encode({ type: 'CONNACK', sessionPresent: false, reasonCode: 0, properties }, version),
        context,
      ),
      json: append(encode(publish('devices/bench-7/state', state, version), version), {
        ...context,
        topic: 'devices/bench-7/state',
      }),
      puback: append(encode({ type: 'PUBACK', packetIdentifier: 17, reasonCode: 0, properties }, version), {
        ...context,
        direction: 'out',
      }),
      everyByte: append(encode(publish('devices/bench-7/raw', everyByte, version), version), {
        ...context,
        topic: 'devices/bench-7/raw',
      }),
      broken: append(broken, { ...context, connection: device }),
      http: append(encodeUtf8('HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n'), {
        ...context,
        kind: 'unframed',
      }),
      incomplete: append(encode(publish('devices/bench-7/state', state, version), version).subarray(0, 30), {
        ...context,
        kind: 'incomplete',
        topic: 'devices/bench-7/state',
      }),
    };
    log.announce();
    return sequences;
  },

  /** Publishes of twenty bytes each, or with a payload of at least so many bytes. */
  flood(count: number, payloadLength = 0) {
    for (let index = 0; index < count; index++) {
      const topic = `devices/${index % 7}/counter`;
      const payload = encodeUtf8(String(index).padEnd(payloadLength));
      append(encode(publish(topic, payload, 4), 4), { version: 4, topic });
    }
    log.announce();
  },

  /** One publish with a payload of so many bytes. */
  large(length: number): number {
    const payload = new Uint8Array(length);
    for (let index = 0; index < length; index++) payload[index] = index & 0xff;
    const sequence = append(encode(publish('firmware/image', payload), 5), { topic: 'firmware/image' });
    log.announce();
    return sequence;
  },

  /** Two clients that fight, one with a period and a gap, and messages of every handshake. */
  troubled() {
    return troubledConversation(new ScriptedCapture(log));
  },

  /** Lets time go by. */
  pass(milliseconds: number) {
    epoch += milliseconds;
  },

  /** One publish of this payload. */
  message(topic: string, payload: string | readonly number[], contentType?: string): number {
    const bytes = typeof payload === 'string' ? encodeUtf8(payload) : Uint8Array.from(payload);
    const properties = contentType === undefined ? {} : { contentType };
    const packet = { ...publish(topic, bytes), properties } as ControlPacket;
    const sequence = append(encode(packet, 5), { topic });
    log.announce();
    return sequence;
  },

  setRules,
  saved,

  /** Which connections could be made again. */
  setDown(connections: readonly DownConnection[]) {
    down = connections;
    downChanged.fire();
  },
  reconnected,

  called,

  /** Lets what view and host say to each other go to and fro so many times. */
  async turns(count: number) {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve));
  },

  /** Bytes of packets that the view got. */
  sentBytes: () => sentBytes,

  chart: (series: readonly ChartSeries[]) => session.chart(series),
  reveal: (sequence: number) => session.reveal(sequence),
  session,
  /** What went to the clipboard. */
  copied,
  perform: (action: PanelAction) => session.perform(action),
  selected: () => [...session.selected.sequences],
  chooseColumns(names: readonly string[]) {
    choose = () => names;
  },
  log,
};

export type Harness = typeof harness;

Object.assign(globalThis, { harness });
