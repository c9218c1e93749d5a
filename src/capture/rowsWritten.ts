/** What became of the rows that were to be written. */
export interface RowsWritten {
  readonly rows: number;
  /** Rows that the log did not hold any more. */
  readonly missing: number;
}
