import type { Disposable } from '../../src/base/lifecycle';
import type { LogState } from '../../src/inspector/contract';
import type { RowCache } from './rowCache';

/** Milliseconds after which rows show without their text. */
const patience = 500;

/** A list and what it could show. */
export interface FollowedList {
  /** How its rows stand by now. */
  readonly latest: LogState;
  readonly numbering: number;
  readonly cache: RowCache | undefined;
  readonly following: boolean;
  /** How many rows there is room for; 0 where none are in sight. */
  readonly room: number;
}

/**
 * The end of a list that is followed. Its newest rows show once their text is here: a list that ran ahead of that would show
 * none while packets come faster than it can be asked for.
 */
export class FollowedEnd implements Disposable {
  private shown: LogState | undefined;
  private numbering = 0;
  /** What shows next, once its rows are here. */
  private next: LogState | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isTired = false;

  /** @param tired nothing came for long: time to look again */
  constructor(private readonly tired: () => void) {}

  /** Whether rows that come may be those that are waited for. */
  get waits(): boolean {
    return this.next !== undefined;
  }

  /** What the list shows. */
  of(list: FollowedList): LogState {
    const { latest, numbering } = list;
    const { shown } = this;
    const goesOn = shown && numbering === this.numbering && shown.first < shown.end && latest.end > shown.end;
    this.numbering = numbering;
    if (!goesOn || !list.following || list.room === 0 || this.isTired) return this.show(latest);
    // Of packets that went meanwhile no text comes any more.
    if (this.next && (this.next.end > latest.end || endOf(this.next, list.room) < latest.first))
      this.next = undefined;
    this.next ??= latest;
    for (const state of [latest, this.next]) {
      if (!isHere(state, list)) continue;
      this.show(state);
      if (state !== latest) this.await(latest, list);
      return state;
    }
    this.await(this.next, list);
    return shown;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private show(state: LogState): LogState {
    this.shown = state;
    this.next = undefined;
    this.isTired = false;
    this.dispose();
    return state;
  }

  private await(state: LogState, { cache, room }: FollowedList): void {
    this.next = state;
    cache?.want(endOf(state, room), state.end, state.first);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.isTired = true;
      this.tired();
    }, patience);
  }
}

/** The first of the rows at the end that there is room for. */
function endOf({ first, end }: LogState, room: number): number {
  return Math.max(first, end - room);
}

function isHere(state: LogState, { cache, room }: FollowedList): boolean {
  for (let row = endOf(state, room); row < state.end; row++) if (cache?.row(row) === undefined) return false;
  return true;
}
