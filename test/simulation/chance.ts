import { randomFrom } from '../support/random';

/** The dice of one part of a simulation: what one part throws does not change what another gets. */
export class Chance {
  private readonly random: () => number;

  constructor(seed: number, part = 0) {
    this.random = randomFrom((seed * 64 + part) | 0);
    // The first number of neighbouring seeds is too much alike to choose by.
    this.random();
  }

  /** From 0 up to 1. */
  next(): number {
    return this.random();
  }

  /** Whether something happens that happens with this probability, 0 to 1. */
  is(probability: number): boolean {
    return this.random() < probability;
  }

  /** A whole number from `least` to `most`, both possible. */
  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.random() * choices.length)] ?? choices[0];
  }
}
