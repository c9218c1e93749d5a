import { toBase64 } from '../../base/base64';
import { decodeUtf8 } from '../../base/utf8';
import type { ProtocolVersion, Publish } from '../../protocol/controlPacket';

/** By whose rules the command is quoted. */
export type Shell = 'posix' | 'powershell' | 'cmd';

export interface MosquittoServer {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Somebody logs in there: what proves who it is stays out of a command line. */
  readonly login: boolean;
}

export interface MosquittoPubOptions {
  readonly version: ProtocolVersion;
  readonly shell: Shell;
  /** Undefined where it is not known which server the packet went to or came from: then that of the program counts. */
  readonly server: MosquittoServer | undefined;
}

export interface MosquittoPub {
  /** Undefined where the shell has no way to say the topic. */
  readonly command: string | undefined;
  /** What the command cannot say, a sentence each. */
  readonly missing: readonly string[];
}

/** The file that is to hold a payload too large for a command line. */
export const payloadFile = 'payload.bin';

/** Linux takes 128 KiB for one argument; Windows 32 KiB for all. In bytes of payload, of which each may take four characters. */
const longestInline: Readonly<Record<Shell, number>> = {
  posix: 24 * 1024,
  powershell: 6 * 1024,
  cmd: 6 * 1024,
};

const versionNames: Readonly<Record<ProtocolVersion, string>> = { 3: '31', 4: '311', 5: '5' };

/** A `mosquitto_pub` command that publishes the same message, every byte of it. */
export function mosquittoPub(message: Publish, options: MosquittoPubOptions): MosquittoPub {
  const { version, shell, server } = options;
  const quote = (text: string): string | undefined => quoted(text, shell);
  const topicName = quote(message.topicName);
  const host = server && quote(server.host);
  if (topicName === undefined || (server && host === undefined)) {
    return {
      command: undefined,
      missing: [
        'The topic has characters that do something else on a command line than stand for themselves.',
      ],
    };
  }
  const missing =
    server?.login === true ? ['The command has no user name and no password: add -u and -P.'] : [];
  const words = [
    'mosquitto_pub',
    ...(server && host !== undefined ? ['-h', host, '-p', String(server.port)] : []),
    ...(server?.tls === true ? ['--tls-use-os-certs'] : []),
    ...['-V', versionNames[version], '-t', topicName, '-q', String(message.qos)],
    ...(message.retain ? ['-r'] : []),
    ...(version === 5 ? propertyWords(message, quote, missing) : []),
  ];
  return { command: withPayload(words.join(' '), message.payload, shell, missing), missing };
}

function withPayload(command: string, payload: Uint8Array, shell: Shell, missing: string[]): string {
  if (payload.length === 0) return `${command} -n`;
  const isShort = payload.length <= longestInline[shell];
  const text = isShort ? plainText(payload) : undefined;
  // Windows PowerShell loses double quotes and backslashes before them on the way to a program.
  const isLost = shell === 'powershell' && text !== undefined && /["\\]/.test(text);
  const word = text === undefined || isLost ? undefined : quoted(text, shell);
  if (word !== undefined) return `${command} -m ${word}`;
  if (!isShort || shell === 'cmd') {
    const why = isShort ? 'cannot be written on' : 'is too large for';
    missing.push(`The payload ${why} a command line: save it as ${payloadFile} where the command runs.`);
    return `${command} -f ${payloadFile}`;
  }
  if (shell === 'posix') {
    const octal = Array.from(payload, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    return `printf '${octal}' | ${command} -s`;
  }
  const write = `[IO.File]::WriteAllBytes("$PWD/${payloadFile}", [Convert]::FromBase64String('${toBase64(payload)}'))`;
  return `${write}; ${command} -f ${payloadFile}`;
}

function propertyWords(
  { properties }: Publish,
  quote: (text: string) => string | undefined,
  missing: string[],
): readonly string[] {
  const { payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic, correlationData } =
    properties;
  const words: string[] = [];
  const add = (name: string, ...values: readonly string[]): void => {
    const written = values.map(quote).filter((each) => each !== undefined);
    if (written.length === values.length) words.push('-D', 'PUBLISH', name, ...written);
    else missing.push(`A command line cannot hold the ${name} of this message: it is left out.`);
  };
  if (payloadFormatIndicator !== undefined) add('payload-format-indicator', String(payloadFormatIndicator));
  if (messageExpiryInterval !== undefined) add('message-expiry-interval', String(messageExpiryInterval));
  if (contentType !== undefined) add('content-type', contentType);
  if (responseTopic !== undefined) add('response-topic', responseTopic);
  if (correlationData !== undefined) {
    const text = plainText(correlationData);
    if (text === undefined) {
      missing.push('mosquitto_pub takes Correlation Data as text alone, and this is none: it is left out.');
    } else add('correlation-data', text);
  }
  for (const [name, value] of properties.userProperties ?? []) add('user-property', name, value);
  return words;
}

/**
 * Control characters but the tabulator: what is pasted with them may end the line, the paste or the program that waits, and
 * what stands behind them runs.
 */
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\ufeff]/;

/** The text of bytes that a terminal shows as they are; undefined where they are no such text. */
function plainText(bytes: Uint8Array): string | undefined {
  const text = decodeUtf8(bytes);
  return text === undefined || control.test(text) ? undefined : text;
}

/** A text as one word of a command line, which stands for nothing but itself; undefined where the shell has no such word. */
function quoted(text: string, shell: Shell): string | undefined {
  if (control.test(text)) return undefined;
  switch (shell) {
    case 'posix':
      return quotePosix(text);
    case 'powershell':
      return quotePowerShell(text);
    case 'cmd':
      return quoteCmd(text);
  }
}

/** In double quotes cmd.exe leaves everything alone but variables, and the quotes themselves it cannot escape. */
function quoteCmd(text: string): string | undefined {
  if (/["%!\t]/.test(text)) return undefined;
  // A backslash before the closing quote would make it part of the text.
  return /^[A-Za-z0-9_./:-]+$/.test(text) ? text : `"${text.replace(/\\+$/, '$&$&')}"`;
}

function quotePosix(text: string): string {
  return /^[A-Za-z0-9_./:@%+-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

function quotePowerShell(text: string): string {
  // Typographic quotes end a string there as well.
  return /^[A-Za-z0-9_./:-]+$/.test(text) ? text : `'${text.replace(/(['‘’‚‛])/g, '$1$1')}'`;
}
