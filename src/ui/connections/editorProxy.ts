import * as vscode from 'vscode';
import { TransportFailureError } from '../../base/transportFailure';
import type { Proxy } from '../../transport/endpoint';
import { bypassesProxy } from '../../transport/noProxy';
import { parseProxyAddress, type ProxyAddress, withoutCredentials } from '../../transport/proxyAddress';

/**
 * The proxy that VS Code's own settings name for a server: `http.proxy` with `http.proxyAuthorization`, but for
 * `http.noProxy`, and unless `http.proxySupport` is off. Throws a {@link TransportFailureError} where it makes no sense.
 */
export function editorProxy(host: string, port: number): Proxy | undefined {
  const settings = vscode.workspace.getConfiguration('http');
  const written = textOf(settings.get('proxy')).trim();
  if (written === '' || settings.get('proxySupport') === 'off') return undefined;
  const exempt: unknown = settings.get('noProxy');
  const noProxy = Array.isArray(exempt) ? exempt.filter((each) => typeof each === 'string') : [];
  if (bypassesProxy(host, port, noProxy)) return undefined;
  const authorization = textOf(settings.get('proxyAuthorization'));
  return {
    ...proxyOf(written),
    ...(authorization !== '' && { authorization }),
    verify: verifiesProxy(),
  };
}

/** Whether the certificate of a proxy has to be good. */
export function verifiesProxy(): boolean {
  return vscode.workspace.getConfiguration('http').get('proxyStrictSSL') !== false;
}

/** A proxy by its URL; throws a {@link TransportFailureError} where that is none. */
export function proxyOf(url: string): ProxyAddress {
  const address = parseProxyAddress(url);
  if (typeof address !== 'string') return address;
  throw new TransportFailureError({
    step: 'proxy',
    code: 'addressInvalid',
    proxy: withoutCredentials(url),
    detail: address,
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
