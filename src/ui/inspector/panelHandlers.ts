import type { Disposable } from '../../base/lifecycle';
import type { PacketLog } from '../../capture/packetLog';
import type { LastChoices } from '../../inspector/lastChoices';
import { mostSlices, type ColumnChoice, type Density, type PanelHost } from '../../inspector/panelContract';
import type { Handlers } from '../../inspector/peer';
import { within, type SequenceRange } from '../../inspector/sequenceSelection';
import { packetRate } from './matchDensity';
import { selectedRanges, type SelectedRows } from './selectedRows';
import { ViolationScan } from './violationScan';

export interface PanelServices {
  copyText(text: string): PromiseLike<void>;
  copySelected(): PromiseLike<void>;
  /** What was chosen last in any panel. */
  readonly choices: { last(): LastChoices; made(choices: LastChoices): PromiseLike<void> };
  chooseColumns(columns: readonly ColumnChoice[]): PromiseLike<readonly string[] | undefined>;
}

export interface PanelHandlersOptions {
  readonly log: PacketLog;
  readonly services: PanelServices;
  readonly failed: (error: Error) => void;
}

/** The extension host's side of what the panel itself asks for. */
export class PanelHandlers implements Disposable {
  private readonly scan: ViolationScan;
  private ranges: readonly SequenceRange[] = [];

  readonly handlers: Handlers<PanelHost>;

  constructor(private readonly options: PanelHandlersOptions) {
    const { log, services, failed } = options;
    this.scan = new ViolationScan({ log, failed, now: () => performance.now() });
    this.handlers = {
      density: (slices) => this.density(slices),
      selectionChanged: (ranges) => void (this.ranges = ranges),
      copyText: async (text) => services.copyText(text),
      copySelected: async () => services.copySelected(),
      lastChoices: () => services.choices.last(),
      choicesMade: async (choices) => services.choices.made(choices),
      chooseColumns: async (columns) => services.chooseColumns(columns),
    };
  }

  /** The selected packets that the log still holds. */
  get selected(): SelectedRows {
    const { first, end } = this.options.log;
    return selectedRanges(within(this.ranges, { start: first, end }));
  }

  dispose(): void {
    this.scan.dispose();
  }

  private density(slices: number): Density {
    const { log } = this.options;
    const { first, end } = log;
    const count = Math.max(0, Math.min(Math.floor(slices), mostSlices, end - first));
    const rates: number[] = [];
    const violations: number[] = [];
    for (let slice = 0; slice < count; slice++) {
      const start = first + Math.floor((slice * (end - first)) / count);
      const stop = first + Math.floor(((slice + 1) * (end - first)) / count);
      rates.push(rateOf(log, start, stop));
      violations.push(this.scan.count(start, stop));
    }
    return { first, end, rates, violations, unread: this.scan.unread() };
  }
}

/** Packets a second of `[start, stop)`, from the packet before them to their last. */
function rateOf(log: PacketLog, start: number, stop: number): number {
  return packetRate(stop - start, log.row(Math.max(log.first, start - 1))?.at, log.row(stop - 1)?.at);
}
