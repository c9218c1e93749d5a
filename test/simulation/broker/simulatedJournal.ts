import type { BrokerChange } from '../../../src/broker/brokerJournal';
import type { MemoryDisk } from '../../support/memoryJournal';
import { MemoryJournal } from '../../support/memoryJournal';

export interface JournalWorld {
  /** Calls back when the disk has got round to it. */
  soon(commit: () => void): void;
  /** Whether a step is kept, as it should be. */
  keeps(change: BrokerChange): boolean;
  /** It calls safe what is not. */
  readonly lies: boolean;
  /** Whether the disk takes nothing now. */
  fails(): boolean;
  /** Everything that was noted is safe now. Returns whether the process ends before it hears of that. */
  kept(): boolean;
}

/** A journal that takes its time, and whose process may end the moment it has kept something. */
export class SimulatedJournal extends MemoryJournal {
  isGone = false;
  private isDue = false;

  constructor(
    disk: MemoryDisk,
    private readonly world: JournalWorld,
  ) {
    super(disk);
    this.isSlow = true;
  }

  override record(change: BrokerChange): void {
    if (this.world.keeps(change)) super.record(change);
    this.ask();
  }

  override whenSafe(done: (isSafe: boolean) => void): void {
    super.whenSafe((isSafe) => {
      if (!this.isGone) done(isSafe || this.world.lies);
    });
    this.ask();
  }

  private ask(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.world.soon(() => {
      this.isDue = false;
      if (this.isGone) return;
      this.isBroken = this.world.fails();
      this.commit();
      if (this.isBroken) this.ask();
    });
  }

  protected override written(): void {
    if (this.world.kept()) this.isGone = true;
  }
}
