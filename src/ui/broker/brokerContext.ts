import { type Disposable, DisposableStack } from '../../base/lifecycle';
import type { BrokerSettingName } from '../../contributions/brokerSettings';
import type { ContextKey } from '../../contributions/views';
import { isLoopbackHost } from './brokerConfiguration';
import type { LocalBroker } from './localBroker';

/** What menus about the local broker depend on. */
export type BrokerContext = Readonly<Record<Extract<ContextKey, `broker${string}`>, boolean>>;

/** As it runs; where it does not, as the settings say it would. */
export function brokerContext(
  { state }: Pick<LocalBroker, 'state'>,
  read: (name: BrokerSettingName) => unknown,
): BrokerContext {
  const running = state.kind === 'running' ? state.configuration : undefined;
  const written = read('broker.listeners');
  const protocols: readonly unknown[] =
    running?.listeners.map(({ protocol }) => protocol) ?? (Array.isArray(written) ? written : []);
  return {
    brokerReachable: !isLoopbackHost(running?.host ?? String(read('broker.host'))),
    brokerTls: protocols.some((protocol) => protocol === 'tls' || protocol === 'wss'),
    brokerQuiet: read('broker.quiet') === true,
  };
}

/** Keeps the context keys as they should be. */
export function keepBrokerContext(
  local: Pick<LocalBroker, 'state' | 'onDidChange'>,
  read: (name: BrokerSettingName) => unknown,
  onDidChangeSetting: (name: BrokerSettingName, listener: () => void) => Disposable,
  set: (context: BrokerContext) => void,
): Disposable {
  const held = new DisposableStack();
  const update = () => set(brokerContext(local, read));
  held.add(local.onDidChange(update));
  for (const name of ['broker.host', 'broker.listeners', 'broker.quiet'] as const) {
    held.add(onDidChangeSetting(name, update));
  }
  update();
  return held;
}
