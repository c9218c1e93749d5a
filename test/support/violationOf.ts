import type { Violation } from '../../src/protocol/violations';
import { ProtocolViolation } from '../../src/protocol/violations';

/** The violation that `action` throws, or undefined where it throws nothing. Any other error is passed on. */
export function violationOf(action: () => unknown): Violation | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.violation;
    throw error;
  }
  return undefined;
}
