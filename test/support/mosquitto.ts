import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { type RunningProgram, startProgram } from './childProcess';
import { freePort } from './freePort';
import { requiredPeer } from './peers';

export interface MosquittoOptions {
  /** Only this user with this password gets in. Default: everybody. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Lines of mosquitto.conf on top of the harness's own, such as `max_packet_size 1000`. */
  readonly configuration?: readonly string[];
  /** The `log_type` lines. Default: everything, each packet too, which takes the broker longer than the packet does. */
  readonly logTypes?: readonly string[];
  /** A free one if absent. */
  readonly port?: number;
  /** The folder in which Sessions outlive the broker; without it none does. */
  readonly persistence?: string;
}

/** The versions of MQTT as mosquitto's clients name them. */
export type MosquittoVersion = 'mqttv31' | 'mqttv311' | 'mqttv5';

export interface MosquittoMessage {
  readonly topic: string;
  readonly payload: Uint8Array | string;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly version?: MosquittoVersion;
  /** More arguments of mosquitto_pub, such as `-D publish user-property a b`. */
  readonly extra?: readonly string[];
}

/** What mosquitto_sub received. */
export interface MosquittoReceived {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
}

export interface MosquittoSubscription {
  /** Waits until `count` messages came and returns them all, in order. */
  received(count: number, seconds?: number): Promise<readonly MosquittoReceived[]>;
  stop(): Promise<void>;
}

/** Where mosquitto's clients connect, which may be any broker. */
export interface MosquittoTarget {
  readonly port: number;
  readonly user?: { readonly name: string; readonly password: string };
}

export interface Mosquitto extends MosquittoTarget {
  /** What the broker logged so far; every packet is in it. */
  log(): string;
  /** Waits until the log matches. */
  logged(pattern: RegExp, seconds?: number): Promise<RegExpMatchArray>;
  /** Has what there is written to the disk, and resolves when it is there. */
  save(): Promise<void>;
  /** Ends it without a chance to do anything (kill -9). */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Debian's mosquitto on a free port of 127.0.0.1, without persistence unless asked for. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options);
    } catch (error) {
      // Another test's program may have taken the free port in between.
      const wasTaken = options.port === undefined && /Address already in use/.test(String(error));
      if (!wasTaken || attempt === mostAttempts) throw error;
    }
  }
}

const mostAttempts = 5;

async function start(options: MosquittoOptions): Promise<Mosquitto> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-mosquitto-'));
  const port = options.port ?? (await freePort());
  const configuration = [
    `listener ${port} 127.0.0.1`,
    ...(options.persistence === undefined
      ? ['persistence false']
      : ['persistence true', `persistence_location ${options.persistence}/`]),
    ...(options.logTypes ?? ['all']).map((type) => `log_type ${type}`),
    // Not stdout, which mosquitto 2.0.11 buffers when it is a pipe.
    'log_dest stderr',
  ];
  if (options.user === undefined) configuration.push('allow_anonymous true');
  else {
    const passwords = path.join(folder, 'passwords');
    fs.writeFileSync(passwords, `${options.user.name}:${options.user.password}\n`, { mode: 0o600 });
    await promisify(execFile)(passwordProgram(), ['-U', passwords]);
    // Started by root, mosquitto reads its files as another user unless told to stay.
    configuration.push('allow_anonymous false', `password_file ${passwords}`);
  }
  if (process.getuid?.() === 0) configuration.push('user root');
  const file = path.join(folder, 'mosquitto.conf');
  fs.writeFileSync(file, [...configuration, ...(options.configuration ?? []), ''].join('\n'));
  const program = startProgram(requiredPeer('mosquitto'), ['-c', file]);
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await program.stop(signal);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await program.printed(/mosquitto version \S+ running/, 20);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    ...(options.user && { user: options.user }),
    log: () => program.output(),
    logged: (pattern, seconds) => program.printed(pattern, seconds),
    save: async () => {
      const file = path.join(options.persistence ?? '', 'mosquitto.db');
      // It writes another file and gives that the name when it is whole.
      const inode = () => fs.statSync(file, { throwIfNoEntry: false })?.ino;
      const before = inode();
      program.child.kill('SIGUSR1');
      while (inode() === undefined || inode() === before) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    kill: () => stop('SIGKILL'),
    stop: () => stop(),
  };
}

/** Publishes one message with mosquitto_pub and resolves when the program is done with its handshake. */
export async function mosquittoPublish(target: MosquittoTarget, message: MosquittoMessage): Promise<void> {
  const options = [
    ...clientArguments(target, message.version),
    '-t',
    message.topic,
    '-q',
    String(message.qos ?? 0),
  ];
  if (message.retain === true) options.push('-r');
  options.push(...(message.extra ?? []));
  const payload = Buffer.from(message.payload);
  // A payload on the command line could hold no zero byte; on standard input it is taken as it is.
  options.push(payload.length === 0 ? '-n' : '-s');
  const done = promisify(execFile)(requiredPeer('mosquitto_pub'), options, { timeout: 20_000 });
  // Told of no payload it may end before it could read one: nothing is written then, as a pipe that is closed fails.
  if (payload.length === 0) done.child.stdin?.end();
  else done.child.stdin?.end(payload);
  await done;
}

/** Subscribes with mosquitto_sub and resolves once the broker granted it, so that nothing published later is missed. */
export async function mosquittoSubscribe(
  target: MosquittoTarget,
  filter: string,
  options: {
    readonly qos?: 0 | 1 | 2;
    readonly version?: MosquittoVersion;
    readonly extra?: readonly string[];
  } = {},
): Promise<MosquittoSubscription> {
  // Into a pipe mosquitto_sub would keep its lines until they fill a block, and with them that it is subscribed.
  const program = startProgram('stdbuf', [
    '-oL',
    requiredPeer('mosquitto_sub'),
    ...clientArguments(target, options.version),
    ...[
      '-t',
      filter,
      '-q',
      String(options.qos ?? 2),
      '-d',
      '-F',
      'message %q %r %x %t',
      ...(options.extra ?? []),
    ],
  ]);
  try {
    await program.printed(/Subscribed \(mid/, 20);
  } catch (error) {
    await program.stop();
    throw error;
  }
  return {
    received: async (count, seconds = 20) => {
      await program.printed(new RegExp(`(^message .*\\n[^]*?){${count}}`, 'm'), seconds);
      return messages(program);
    },
    stop: () => program.stop(),
  };
}

function messages(program: RunningProgram): MosquittoReceived[] {
  return [...program.output().matchAll(/^message (\d) (\d) ([0-9a-f]*) (.*)$/gm)].map(
    ([, qos, retain, hex = '', topic = '']) => ({
      topic,
      payload: Uint8Array.from(Buffer.from(hex, 'hex')),
      qos: Number(qos),
      retain: retain === '1',
    }),
  );
}

function clientArguments(target: MosquittoTarget, version: MosquittoVersion = 'mqttv311'): string[] {
  const connect = ['-h', '127.0.0.1', '-p', String(target.port), '-V', version];
  return target.user ? [...connect, '-u', target.user.name, '-P', target.user.password] : connect;
}

/** mosquitto_passwd comes with mosquitto and lies beside it or in the search path. */
function passwordProgram(): string {
  const beside = path.join(path.dirname(requiredPeer('mosquitto')), 'mosquitto_passwd');
  return fs.existsSync(beside) ? beside : 'mosquitto_passwd';
}
