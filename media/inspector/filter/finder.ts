import { html, nothing, type TemplateResult } from 'lit';
import type { SeekTarget } from '../../../src/inspector/filterContract';
import { onlySelected } from '../../../src/inspector/sequenceSelection';
import type { PacketDetails } from '../packetDetails';
import type { PacketList } from '../packetList';
import type { FilterViewOptions } from './filterView';
import './findBar';
import type { FindBar, FindMessage, FindWanted } from './findBar';

export interface FinderOptions extends FilterViewOptions {
  /** Brings a packet in sight. */
  readonly reveal: (sequence: number) => Promise<void>;
}

const sentences: Readonly<Record<Exclude<FindMessage, 'searching'>, string>> = {
  none: 'No packet has it',
  noViolation: 'No packet breaks a rule',
  wrapped: 'Found after wrapping around',
  found: 'Found',
  stopped: 'The search was stopped',
};

/** Is told where a step led; false where nobody took it yet. */
type Arrived = (sequence: number) => boolean;

/** How many steps may wait for those before them: more is a key that is held down. */
const mostWaiting = 8;

/** How long a note stays, in milliseconds. */
const noteTime = 5_000;

/** Steps to the same: each begins where the one before it arrived. */
interface Walk {
  readonly target: string;
  last: Promise<void>;
  waiting: number;
}

/** Goes from packet to packet: to those with a text in them, and to those that break a rule. */
export class Finder {
  private shown = false;
  /** Counts searches: one that is given up is followed by another one, or was stopped. */
  private runs = 0;
  private note: string | undefined = undefined;
  private noteTimer: ReturnType<typeof setTimeout> | undefined = undefined;
  private walk: Walk | undefined;
  private seeksText = false;
  private last: FindWanted['what'] | undefined;
  /** Where a text is looked for from while it is typed, and the packet that was found so. */
  private typedFrom: number | undefined;
  private typedTo: number | undefined;

  constructor(private readonly options: FinderOptions) {
    options.element.addEventListener('keydown', (event) => this.keyDown(event));
    options.element.addEventListener('violation-wanted', (event) => {
      this.nextViolation((event as CustomEvent<1 | -1>).detail);
    });
  }

  bar(): TemplateResult {
    return html`${this.note === undefined ? nothing : html`<p class="find-note" aria-hidden="true">${this.note}</p>`}<mqtt-find-bar
        ?hidden=${!this.shown}
        @find=${({ detail }: CustomEvent<FindWanted>) => this.find(detail)}
        @find-changed=${() => this.giveUp()}
        @find-stopped=${() => this.stop()}
        @find-closed=${() => this.close()}
      ></mqtt-find-bar>`;
  }

  /** Shows where a text is written; `text` is its beginning. */
  open(text: string): void {
    const { element } = this;
    this.shown = true;
    this.options.changed(false);
    if (!element) return;
    // At once, so that what is typed next arrives there: what is hidden takes no focus.
    element.hidden = false;
    element.begin(text);
  }

  /** From a packet's own violations to those of the next packet, at the one that is nearest. */
  nextViolation(step: 1 | -1): void {
    const enter = (sequence: number): boolean => {
      this.details?.enterViolations(sequence, step);
      return this.details !== null;
    };
    this.goToNext({ kind: 'violation' }, step, enter).catch(this.options.failed);
  }

  /** How far the search is that goes on. */
  progressed(asked: number): void {
    if (this.seeksText) this.element?.tell('searching', asked);
  }

  /** What a screen reader is told, for those who see. */
  private showNote(note: string | undefined): void {
    clearTimeout(this.noteTimer);
    if (note !== undefined) this.noteTimer = setTimeout(() => this.showNote(undefined), noteTime);
    if (note === this.note) return;
    this.note = note;
    this.options.changed(false);
  }

  /** What is looked for is another text now. */
  private giveUp(): void {
    if (this.seeksText && this.walk) {
      this.runs++;
      this.stop();
    }
    this.element?.tell('found');
  }

  private stop(): void {
    this.walk = undefined;
    const { source, failed } = this.options;
    source().peer.call('stopSeek').catch(failed);
  }

  private get details(): PacketDetails | null {
    return this.options.element.querySelector('mqtt-packet-details');
  }

  private get element(): FindBar | null {
    return this.options.element.querySelector('mqtt-find-bar');
  }

  /** Keys that work everywhere in the panel, unless they meant something where they were pressed. */
  private keyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey) return;
    const step = event.shiftKey ? -1 : 1;
    const isControl = event.ctrlKey || event.metaKey;
    if (event.key === 'F8' && !isControl) this.seek({ kind: 'violation' }, step);
    else if (event.key === 'F3' && !isControl) {
      if (this.last) this.seek({ kind: 'text', ...this.last }, step);
      else this.open('');
    } else if (event.key === 'f' && isControl && !event.shiftKey) this.open('');
    else if (event.key === 'Escape' && this.shown) this.close();
    else return;
    event.preventDefault();
  }

  private close(): void {
    const { changed, element } = this.options;
    this.shown = false;
    changed(false);
    this.stop();
    element.querySelector<PacketList>('mqtt-packet-list')?.focus();
  }

  /** A text that is typed on is looked for from where it was begun, so that the packet at hand stays where it has that too. */
  private find({ what, step, isTyped }: FindWanted): void {
    const target: SeekTarget = { kind: 'text', ...what };
    if (!isTyped) {
      this.seek(target, step);
      return;
    }
    this.last = what;
    const { log, lead } = this.options.now();
    if (lead !== this.typedTo) this.typedFrom = lead;
    const from = (this.typedFrom ?? log?.first ?? 0) - 1;
    const arrived = (sequence: number): boolean => {
      this.typedTo = sequence;
      return true;
    };
    this.goToNext(target, step, arrived, from).catch(this.options.failed);
  }

  private seek(target: SeekTarget, step: 1 | -1): void {
    if (target.kind === 'text') this.last = { text: target.text, ignoreCase: target.ignoreCase };
    this.goToNext(target, step).catch(this.options.failed);
  }

  /** A step of a walk: who asks twice quickly wants the one after the next. */
  private goToNext(target: SeekTarget, step: 1 | -1, arrived?: Arrived, from?: number): Promise<void> {
    const text = JSON.stringify(target);
    if (this.walk?.target !== text) this.walk = { target: text, last: Promise.resolve(), waiting: 0 };
    const { walk } = this;
    if (walk.waiting === mostWaiting) return walk.last;
    walk.waiting++;
    const take = async (): Promise<void> => {
      walk.waiting--;
      if (walk !== this.walk) return;
      const isThere = await this.take(target, step, arrived, from);
      // The steps that wait would each look through everything for the same answer.
      if (!isThere && walk === this.walk) this.walk = undefined;
    };
    // What failed was told to whoever asked for it, and the next step is another one.
    walk.last = walk.last.then(take, take);
    return walk.last;
  }

  /**
   * Resolves with whether it came to a packet.
   * @param begin where it starts, if not at the packet that is looked at
   */
  private async take(target: SeekTarget, step: 1 | -1, arrived?: Arrived, begin?: number): Promise<boolean> {
    const { say, now, source, select, reveal } = this.options;
    const { log, lead } = now();
    const run = ++this.runs;
    this.seeksText = target.kind === 'text';
    const { first = 0, end = 0 } = log ?? {};
    const tell = (message: FindMessage): void => {
      if (target.kind === 'text') this.element?.tell(message);
      if (message !== 'searching') say(sentences[message]);
      // A key that leads nowhere is not to look as if it did nothing.
      if (target.kind === 'violation')
        this.showNote(message === 'noViolation' ? sentences[message] : undefined);
    };
    tell('searching');
    const from = begin ?? lead ?? (step > 0 ? first - 1 : end);
    const { sequence, wrapped, givenUp } = await source().peer.call('seek', target, from, step);
    if (givenUp) {
      if (run === this.runs) tell('stopped');
      return false;
    }
    if (sequence === undefined) {
      tell(target.kind === 'text' ? 'none' : 'noViolation');
      return false;
    }
    tell(wrapped ? 'wrapped' : 'found');
    select(onlySelected(sequence));
    // At once, so that a key that is pressed while the packet loads goes on from there.
    const isKnown = arrived?.(sequence);
    await reveal(sequence);
    if (isKnown === false) arrived?.(sequence);
    return true;
  }
}
