import type { ProxyFailure, TlsFailure } from '../base/transportFailure';
import { type Proxy, proxyText } from './endpoint';
import { endedFault } from './openingStep';
import { socketFault } from './socketFailure';

/** A failure of the stream to a proxy, or of the time. */
export function proxyStepFailure(proxy: Proxy, error: unknown): ProxyFailure {
  return { step: 'proxy', proxy: proxyText(proxy), ...(endedFault(error) ?? socketFault(error)) };
}

/** The TLS connection to an `https` proxy failed. */
export function proxyTlsFailure(proxy: Proxy, failure: TlsFailure): ProxyFailure {
  return { step: 'proxy', code: 'tlsFailed', proxy: proxyText(proxy), detail: failure.detail, failure };
}
