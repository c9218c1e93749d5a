import { html, type TemplateResult } from 'lit';
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
  wrapped: 'Found from the other end on',
  found: 'Found',
  stopped: 'The search was stopped',
};

/** Goes from packet to packet: to those with a text in them, and to those that break a rule. */
export class Finder {
  private shown = false;
  /** Counts searches: one that is given up is followed by another one, or was stopped. */
  private runs = 0;
  private seeksText = false;
  private last: FindWanted['what'] | undefined;

  constructor(private readonly options: FinderOptions) {
    options.element.addEventListener('keydown', (event) => this.keyDown(event));
    options.element.addEventListener('violation-wanted', (event) => {
      this.nextViolation((event as CustomEvent<1 | -1>).detail);
    });
  }

  bar(): TemplateResult {
    return html`<mqtt-find-bar
      ?hidden=${!this.shown}
      @find=${({ detail }: CustomEvent<FindWanted>) => this.seek({ kind: 'text', ...detail.what }, detail.step)}
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
    const enter = (sequence: number | undefined): void => {
      if (sequence !== undefined) this.details?.enterViolations(sequence, step);
    };
    this.goToNext({ kind: 'violation' }, step).then(enter).catch(this.options.failed);
  }

  /** How far the search is that goes on. */
  progressed(asked: number): void {
    if (this.seeksText) this.element?.tell('searching', asked);
  }

  private stop(): void {
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

  private seek(target: SeekTarget, step: 1 | -1): void {
    if (target.kind === 'text') this.last = { text: target.text, ignoreCase: target.ignoreCase };
    this.goToNext(target, step).catch(this.options.failed);
  }

  /** Resolves with the packet that was gone to. */
  private async goToNext(target: SeekTarget, step: 1 | -1): Promise<number | undefined> {
    const { say, now, source, select, reveal } = this.options;
    const { log, lead } = now();
    const run = ++this.runs;
    this.seeksText = target.kind === 'text';
    const { first = 0, end = 0 } = log ?? {};
    const tell = (message: FindMessage): void => {
      if (target.kind === 'text') this.element?.tell(message);
      if (message !== 'searching') say(sentences[message]);
    };
    tell('searching');
    const from = lead ?? (step > 0 ? first - 1 : end);
    const { sequence, wrapped, givenUp } = await source().peer.call('seek', target, from, step);
    if (givenUp) {
      if (run === this.runs) tell('stopped');
      return undefined;
    }
    if (sequence === undefined) {
      tell(target.kind === 'text' ? 'none' : 'noViolation');
      return undefined;
    }
    tell(wrapped ? 'wrapped' : 'found');
    select(onlySelected(sequence));
    await reveal(sequence);
    return sequence;
  }
}
