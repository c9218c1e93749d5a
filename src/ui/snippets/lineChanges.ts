/** One replacement of text: the lines it touched before, from 0, and how many line breaks the new text has. */
export interface LineChange {
  readonly startLine: number;
  readonly endLine: number;
  readonly addedBreaks: number;
}

interface Step {
  /** The version of the document after the changes. */
  readonly version: number;
  /** In the order in which they have to be applied, one after the other. */
  readonly changes: readonly LineChange[];
}

/** As many as somebody makes before a lens is drawn anew, and a few more. */
const mostSteps = 200;

/**
 * Where lines of a document went since an earlier version. VS Code moves a lens along with its line at once, but its
 * command stays that of the text before for up to a second; pressed then, it must not publish the block that stands
 * there now.
 */
export class LineChanges {
  private steps: readonly Step[] = [];

  record(version: number, changes: readonly LineChange[]): void {
    this.steps = [...this.steps.slice(1 - mostSteps), { version, changes }];
  }

  /** The line that `line` of a version is in version `now`; undefined where it was replaced or nobody knows. */
  lineNow(line: number, version: number, now: number): number | undefined {
    const since = this.steps.filter((step) => step.version > version && step.version <= now);
    if (since.length < now - version) return undefined;
    let moved: number | undefined = line;
    for (const change of since.flatMap(({ changes }) => changes)) {
      moved = moved === undefined ? undefined : after(change, moved);
    }
    return moved;
  }
}

function after({ startLine, endLine, addedBreaks }: LineChange, line: number): number | undefined {
  if (line < startLine || (startLine === endLine && addedBreaks === 0)) return line;
  if (line > endLine) return line + addedBreaks - (endLine - startLine);
  return undefined;
}
