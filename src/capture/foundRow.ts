/** What a search found, and where it would go on; `next` is undefined where the log ends. */
export interface FoundRow {
  readonly found: number | undefined;
  readonly next: number | undefined;
}
