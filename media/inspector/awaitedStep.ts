/** A step to a violation of a packet that is not here yet; it is dropped where another packet comes first. */
export class AwaitedStep {
  private awaited: { readonly sequence: number; readonly step: 1 | -1 } | undefined;
  private shown: number | undefined;

  /** Wants the first violation of a packet (1), or the last (-1), as soon as that is shown. */
  want(sequence: number, step: 1 | -1): void {
    this.awaited = { sequence, step };
  }

  /** A packet is shown, perhaps still the same one: what was wanted of it, once. */
  take(sequence: number): 1 | -1 | undefined {
    const { awaited } = this;
    const isOther = sequence !== this.shown;
    this.shown = sequence;
    if (awaited?.sequence !== sequence) {
      if (isOther) this.awaited = undefined;
      return undefined;
    }
    this.awaited = undefined;
    return awaited.step;
  }
}
