import { toHex } from '../../../src/base/bytes';
import { bytesOf, matches, tokensOf } from './hexText';
import type { Captures, Parts } from './hexText';
import type { Script, Step } from './script';
import type { ScriptLink } from './scriptLink';

/** What a script is played against: a broker of its own, which nobody used before. */
export interface ScriptTarget {
  open(): Promise<ScriptLink>;
  /** Resolves when what was sent has had its effect, as far as can be told. */
  settle(): Promise<void>;
  pass(seconds: number): Promise<void>;
  /** How long something that has to come may take, in milliseconds. */
  readonly patience: number;
  stop(): Promise<void>;
}

/** Something else came than the script asks for. */
export class ScriptMismatch extends Error {
  override readonly name = 'ScriptMismatch';

  /**
   * @param step undefined where something came after the last one
   * @param got what came instead
   */
  constructor(
    readonly step: Step | undefined,
    readonly got: Uint8Array | 'closed' | 'nothing',
    place: string,
    wanted: string,
  ) {
    super(
      `${place}: ${typeof got === 'string' ? got : toHex(got.subarray(0, 80), ' ')} instead of ${wanted}`,
    );
  }
}

/**
 * Plays a script; rejects with a ScriptMismatch.
 * @param excuses says of each step, where something else came or nothing else did, how to go on; it may throw, too
 */
export async function playScript(
  script: Script,
  target: ScriptTarget,
  parts: Parts,
  excuses?: (step: Step, mismatch: ScriptMismatch | undefined) => 'go on' | 'stop',
): Promise<void> {
  const player = new ScriptPlayer(target, parts);
  for (const [index, step] of script.steps.entries()) {
    const { comment } = step;
    const place = `step ${index + 1}${comment === undefined ? '' : ` (${comment})`}`;
    const mismatch = await player.play(step, place).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof ScriptMismatch && excuses) return error;
        throw error;
      },
    );
    if (excuses?.(step, mismatch) === 'stop') return;
    if (mismatch && endsConnection(mismatch.got)) player.isOver(step);
  }
  await player.finish();
}

/** Whether this is a close, or the DISCONNECT before it. */
export function endsConnection(got: ScriptMismatch['got']): boolean {
  return got === 'closed' || (got instanceof Uint8Array && got[0] === 0xe0);
}

class ScriptPlayer {
  private readonly links = new Map<string, ScriptLink>();
  /** Connections that are known to be over. */
  private readonly over = new Set<string>();
  /** Those that the script left: what comes then is under way to nobody. */
  private readonly left = new Set<string>();
  private readonly captures: Captures = new Map();

  constructor(
    private readonly target: ScriptTarget,
    private readonly parts: Parts,
  ) {}

  async play(step: Step, place: string): Promise<void> {
    if ('open' in step) await this.open(step.open);
    else if ('connect' in step) {
      await this.open(step.connect);
      const identifier = toHex(new TextEncoder().encode(step.connect.slice(0, 1)));
      this.captures.set('client', identifier);
      this.send(step.connect, [`@connect ${step.as}`]);
      const version = step.as.split(' ')[0] ?? '';
      const connack = `@connack ${version}${step.present ? ' present' : ''}`;
      await this.expect(step, step.connect, [[connack]], place);
    } else if ('send' in step) this.send(step.send, step.hex);
    else if ('expect' in step) {
      if ('inAnyOrder' in step) await this.expectAll(step, step.expect, step.inAnyOrder, place);
      else await this.expect(step, step.expect, 'oneOf' in step ? step.oneOf : [step.hex], place);
    } else if ('expectNothing' in step) await this.expectNothing(step, step.expectNothing, place);
    else if ('expectClose' in step) await this.expectClose(step, step.expectClose, place);
    else if ('close' in step) await this.leave(step.close, (link) => link.end());
    else if ('drop' in step) await this.leave(step.drop, (link) => link.drop());
    else await this.target.pass(step.wait);
  }

  /** The server ends the connection of the step although something else was to come. */
  isOver(step: Step): void {
    if ('expect' in step) this.over.add(step.expect);
  }

  /** What nobody asked for fails, too. */
  async finish(): Promise<void> {
    await this.target.settle();
    for (const [name, link] of this.links) {
      if (this.left.has(name)) continue;
      const came = link.waiting ?? (link.isClosed && !this.over.has(name) ? 'closed' : undefined);
      if (came !== undefined) throw new ScriptMismatch(undefined, came, `at the end, ${name}`, 'nothing');
    }
  }

  private async open(name: string): Promise<void> {
    if (this.links.has(name)) throw new Error(`there is a connection ${name} already`);
    this.links.set(name, await this.target.open());
  }

  private link(name: string): ScriptLink {
    const link = this.links.get(name);
    if (!link) throw new Error(`there is no connection ${name}`);
    return link;
  }

  private send(name: string, lines: readonly string[]): void {
    this.link(name).send(bytesOf(tokensOf(lines, this.parts), this.captures));
  }

  private async expect(
    step: Step,
    name: string,
    alternatives: readonly (readonly string[])[],
    place: string,
  ): Promise<void> {
    const packet = await this.link(name).next(this.target.patience);
    const patterns = alternatives.map((lines) => tokensOf(lines, this.parts));
    if (typeof packet === 'string' || !patterns.some((each) => matches(packet, each, this.captures))) {
      const wanted = patterns.map((each) => each.join(' ')).join(' or ');
      throw new ScriptMismatch(step, packet, place, wanted);
    }
  }

  private async expectAll(
    step: Step,
    name: string,
    packets: readonly (readonly string[])[],
    place: string,
  ): Promise<void> {
    const left = [...packets];
    while (left.length > 0) {
      const packet = await this.link(name).next(this.target.patience);
      const index = left.findIndex(
        (lines) => typeof packet !== 'string' && matches(packet, tokensOf(lines, this.parts), this.captures),
      );
      if (index < 0) {
        const wanted = left.map((lines) => tokensOf(lines, this.parts).join(' ')).join(' and ');
        throw new ScriptMismatch(step, packet, place, wanted);
      }
      left.splice(index, 1);
    }
  }

  private async expectNothing(step: Step, name: string, place: string): Promise<void> {
    await this.target.settle();
    const link = this.link(name);
    const came = link.waiting ?? (link.isClosed ? 'closed' : undefined);
    if (came !== undefined) throw new ScriptMismatch(step, came, place, 'nothing');
  }

  private async expectClose(step: Step, name: string, place: string): Promise<void> {
    const came = await this.link(name).next(this.target.patience);
    if (came !== 'closed') throw new ScriptMismatch(step, came, place, 'closed');
    this.over.add(name);
  }

  private async leave(name: string, how: (link: ScriptLink) => void): Promise<void> {
    this.left.add(name);
    how(this.link(name));
    await this.target.settle();
  }
}
