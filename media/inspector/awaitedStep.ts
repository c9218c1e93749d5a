type Step = 1 | -1;

/** More is a key that is held down, which need not go on when it is let go. */
const mostSteps = 8;

/** A step to a violation of a packet that is not here yet; it is dropped where another packet comes first. */
export class AwaitedStep {
  private awaited: { readonly sequence: number; readonly steps: Step[] } | undefined;
  private shown: number | undefined;

  /** Wants the first violation of a packet (1), or the last (-1), as soon as that is shown. */
  want(sequence: number, step: Step): void {
    this.awaited = { sequence, steps: [step] };
  }

  /** Takes a step that is to be made from there on; false where no packet is awaited. */
  goOn(step: Step): boolean {
    const { awaited } = this;
    if (!awaited) return false;
    if (awaited.steps.length < mostSteps) awaited.steps.push(step);
    return true;
  }

  /** A packet is shown, perhaps still the same one: what was wanted of it and from there on, once. */
  take(sequence: number): readonly Step[] {
    const { awaited } = this;
    const isOther = sequence !== this.shown;
    this.shown = sequence;
    if (awaited?.sequence !== sequence) {
      if (isOther) this.awaited = undefined;
      return [];
    }
    this.awaited = undefined;
    return awaited.steps;
  }
}
