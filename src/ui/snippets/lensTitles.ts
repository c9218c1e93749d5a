import { withoutIcons } from '../reporting/plainText';

export interface LensTitles {
  readonly publish: string;
  /** Undefined where there is nothing else to choose, or publishing asks anyway. */
  readonly publishTo: string | undefined;
}

/**
 * What stands over a block that publishes: on which connection that would be, or an ellipsis where it would be asked.
 * @param named the connection that the block names
 * @param lasting names of the connections that are up or on their way back
 * @param count of all connections
 */
export function lensTitles(named: string | undefined, lasting: readonly string[], count: number): LensTitles {
  const target = named ?? (lasting.length === 1 ? lasting[0] : undefined);
  if (target === undefined) return { publish: '$(play) Publish…', publishTo: undefined };
  return {
    publish: `$(play) Publish on ${withoutIcons(target)}`,
    publishTo: count > 1 ? '$(run-above) Publish on another connection…' : undefined,
  };
}
