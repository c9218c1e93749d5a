import { assertNever } from '../base/assert';
import type { TransportFailure } from '../base/transportFailure';

/** HTTP statuses below 500 that pass: Request Timeout, Too Early, Too Many Requests (RFC 9110, 6585, 8470). */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether a transport that failed so may open if it is only tried again: what settings and files say does not change. */
export function transportCanHeal(failure: TransportFailure): boolean {
  switch (failure.code) {
    case 'refused':
    case 'hostNotFound':
    case 'noSuchSocket':
    case 'unreachable':
    case 'timedOut':
    case 'reset':
    case 'closed':
    case 'addressInUse':
    case 'other':
    // RFC 6455, section 7.4: going away, internal error, try again later; and what the proxy cannot reach may come up.
    case 'closedWithStatus':
    case 'connectRefused':
      return true;
    case 'upgradeRefused':
      return failure.status >= 500 || passingStatuses.has(failure.status);
    case 'tlsFailed':
      return transportCanHeal(failure.failure);
    case 'notPermitted':
    case 'missing':
    case 'unreadable':
    case 'invalid':
    case 'keyMissing':
    case 'mismatch':
    case 'passphraseMissing':
    case 'passphraseWrong':
    case 'notTrusted':
    case 'noFolder':
    case 'notTls':
    case 'noCommonVersion':
    case 'optionsInvalid':
    case 'authoritiesUnreadable':
    case 'certificateRejected':
    case 'alert':
    case 'addressInvalid':
    case 'authenticationRequired':
    case 'notProxy':
    case 'notWebSocket':
    case 'subprotocolRefused':
    case 'frameInvalid':
    case 'textFrame':
      return false;
    default:
      return assertNever(failure);
  }
}
