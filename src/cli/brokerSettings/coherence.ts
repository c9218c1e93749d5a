import type { UserAccess } from '../../broker/access/userAccess';
import { addressText } from '../../transport/addressText';
import { UsageError } from '../terminal';
import type { ListenerSetting } from './listenSetting';
import { type GivenSettings, optionOf } from './settings';

/** How what happens is told. */
export interface OutputForm {
  readonly json: boolean;
  readonly qr: boolean;
}

const tlsSettings = ['certificate', 'key', 'keyType', 'certificates', 'minimumTls', 'clientCa'] as const;

export function isSecure({ protocol }: ListenerSetting): boolean {
  return protocol === 'tls' || protocol === 'wss';
}

/**
 * Throws a {@link UsageError} where listeners are in each other's way, or where certificates of clients are asked for and
 * nobody could show one: whoever wrote that believes that others are kept out.
 */
export function checkListeners(given: GivenSettings, listeners: readonly ListenerSetting[]): void {
  for (const [index, listener] of listeners.entries()) {
    const other = listeners.slice(0, index).find((earlier) => areOnePlace(earlier, listener));
    if (!other) continue;
    const [one, two] = [other, listener].map(({ host, port }) => addressText(host, port));
    const what = one === two ? `two listeners have ${two}` : `${one} and ${two} are listeners with one port`;
    throw new UsageError(`--listen: ${what}; give each a port of its own`);
  }
  const mode = given.get('clientCertificates')?.[0] ?? (given.has('clientCa') ? 'require' : 'none');
  if (mode === 'none' || listeners.some(isSecure)) return;
  const option = optionOf(given.has('clientCertificates') ? 'clientCertificates' : 'clientCa');
  throw new UsageError(
    `${option}: clients show certificates over TLS alone, and no listener speaks it; add --listen mqtts://127.0.0.1:8883`,
  );
}

/** Of what was given, what has no effect, and why; and whether nobody can come in at all. */
export function noticesAbout(
  given: GivenSettings,
  listeners: readonly ListenerSetting[],
  access: Pick<UserAccess, 'hasUsers'>,
  form: OutputForm,
): readonly string[] {
  const notices: string[] = [];
  const without = (name: string, why: string): void => {
    if (given.has(name)) notices.push(`warning: ${optionOf(name)} has no effect: ${why}`);
  };
  const is = (name: string, value: string): boolean => given.get(name)?.[0] === value;
  if (!listeners.some(isSecure)) {
    for (const name of tlsSettings)
      without(name, 'no listener speaks TLS; add --listen mqtts://127.0.0.1:8883');
  } else {
    if (given.has('certificate')) {
      for (const name of ['certificates', 'keyType'])
        without(name, '--certificate is shown, not the own one');
    }
    if (is('clientCertificates', 'none'))
      without('clientCa', '--client-certificates none asks clients for none');
  }
  if (!given.has('port') && (given.get('listen') ?? []).every((url) => /:\/\/[^:/]/.test(url))) {
    if (given.has('listen')) without('host', 'every --listen has an address of its own');
  }
  if (is('retainAvailable', 'false')) {
    for (const name of ['retainedMessages', 'retainedBytes'])
      without(name, '--retain-available false takes none');
  }
  if (form.qr && form.json) notices.push('warning: --qr has no effect: --json has the addresses as "urls"');
  const byCertificate =
    listeners.some(isSecure) && given.has('clientCa') && !is('clientCertificates', 'none');
  if (is('anonymous', 'never') && !access.hasUsers && !byCertificate) {
    notices.push(
      'warning: nobody may connect: --anonymous never lets in users alone, and there are none; --users FILE names them, --client-ca FILE lets them show certificates',
    );
  }
  return notices;
}

/** Whether the second could not listen while the first does; a port that the system chooses is nobody else's. */
function areOnePlace(one: ListenerSetting, other: ListenerSetting): boolean {
  if (one.port === 0 || one.port !== other.port) return false;
  const [first, second] = [one, other].map(({ host }) => (host === 'localhost' ? '127.0.0.1' : host));
  const everywhere = (host: string | undefined, than = '') =>
    host === '::' || (host === '0.0.0.0' && !than.includes(':'));
  return first === second || everywhere(first, second) || everywhere(second, first);
}
