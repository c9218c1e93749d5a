import { jsonObject } from '../base/jsonObject';
import { remarkOf } from '../protocol/remarkedViolations';
import type { Violation } from '../protocol/violations';

/** A remark as it is kept outside of this program: what it takes to find its words, clause and field again, as JSON. */
export function writeRemark({ id, value, subject }: Violation): string {
  return JSON.stringify({ id, value, subject });
}

/** What {@link writeRemark} wrote; undefined for anything else, such as a rule that only another version knows. */
export function readRemark(text: string): Violation | undefined {
  const { id, value, subject } = jsonObject(text) ?? {};
  return remarkOf(id, value, subject);
}
