/** Milliseconds between two announcements of one kind. */
const quiet = 15_000;

/**
 * What a screen reader is told without being asked. Of what goes on and on, such as packets that are dropped, it is told
 * once in a while and the latest; of what a person did, at once.
 */
export class Announcer {
  private readonly last = new Map<string, { readonly at: number; readonly text: string }>();

  constructor(
    private readonly say: (text: string) => void,
    /** Milliseconds. */
    private readonly now: () => number,
  ) {}

  atOnce(text: string): void {
    this.say(text);
  }

  /** Tells of something that may go on, unless the kind was told of a short while ago or there is nothing new to it. */
  seldom(kind: string, text: string): void {
    const at = this.now();
    const before = this.last.get(kind);
    if (before && (at - before.at < quiet || before.text === text)) return;
    this.last.set(kind, { at, text });
    this.say(text);
  }
}
