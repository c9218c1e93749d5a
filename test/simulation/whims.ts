import type { ClientState } from '../../src/client/mqttClient';
import type { QoS } from '../../src/protocol/controlPacket';
import type { Chance } from './chance';

/** What an application hears of its client, and may do something about at once. */
export type Moment =
  | ClientState['state']
  | 'messages'
  /** A promise of `publish()` resolves, or rejects. */
  | 'published'
  | 'rejected'
  /** Any other promise settles. */
  | 'answered';

export type Act =
  | { readonly kind: 'connect' | 'retry' | 'disconnect' }
  /** DISCONNECT that ends the Session on the server, 5.0 only. */
  | { readonly kind: 'endSession' }
  /** Disposes of the client and makes another one after so many milliseconds; at once where there is no number. */
  | { readonly kind: 'dispose'; readonly downFor: number | undefined }
  /** Disconnects and lets another client go on with the Session, which connects after so many milliseconds. */
  | { readonly kind: 'replace'; readonly connectsAfter: number }
  | { readonly kind: 'publish'; readonly qos: QoS };

/** Something an application does that nobody would expect of it just then. */
export interface Whim {
  /** Milliseconds after the start, or in the middle of what is heard the so manieth time. */
  readonly when: number | { readonly moment: Moment; readonly nth: number };
  /** One after the other, without a pause. */
  readonly acts: readonly [Act, ...Act[]];
}

const moments = [
  ...(['connecting', 'connected', 'reconnecting', 'disconnecting', 'disconnected'] as const),
  ...(['messages', 'messages', 'published', 'published', 'rejected', 'answered'] as const),
] as const;

/** @param losesNothing whether a client that is disposed of leaves nothing behind that only it knew */
export function whimsFor(chance: Chance, most: number, span: number, losesNothing: boolean): Whim[] {
  const act = (): Act => actFor(chance, losesNothing);
  return Array.from({ length: chance.between(0, most) }, () => ({
    when: chance.is(0.4)
      ? chance.between(0, span)
      : { moment: chance.of(moments), nth: chance.is(0.5) ? 1 : chance.between(1, 6) },
    acts: chance.is(0.5) ? [act()] : chance.is(0.5) ? [act(), act()] : [act(), act(), act()],
  }));
}

function actFor(chance: Chance, losesNothing: boolean): Act {
  const kind = chance.of([
    ...(['disconnect', 'disconnect', 'dispose', 'replace', 'endSession'] as const),
    ...(['connect', 'connect', 'retry', 'publish', 'publish'] as const),
  ]);
  switch (kind) {
    case 'publish':
      return { kind, qos: chance.of([0, 1, 2] as const) };
    case 'replace':
      return { kind, connectsAfter: chance.of([0, 0, 100, 2000]) };
    case 'dispose':
      return losesNothing
        ? { kind, downFor: chance.of([undefined, 0, 100, 2000]) }
        : { kind: 'replace', connectsAfter: 0 };
    default:
      return { kind };
  }
}

/** Counts what an application hears, and says what it is moved to. */
export class Whims {
  private readonly heard = new Map<Moment, number>();

  constructor(
    private readonly whims: readonly Whim[],
    private readonly act: (act: Act, moment: Moment) => void,
  ) {}

  heardOf(moment: Moment): void {
    const nth = (this.heard.get(moment) ?? 0) + 1;
    this.heard.set(moment, nth);
    for (const { when, acts } of this.whims) {
      if (typeof when === 'number' || when.moment !== moment || when.nth !== nth) continue;
      for (const act of acts) this.act(act, moment);
    }
  }
}
