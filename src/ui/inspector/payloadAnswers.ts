import type { Event } from '../../base/lifecycle';
import type { PacketLog } from '../../capture/packetLog';
import { topicNeighbour } from '../../capture/topicNeighbour';
import { topicNumbers } from '../../capture/topicNumbers';
import {
  mostPointsInPage,
  mostSeries,
  type ChartHost,
  type ChartPage,
  type ChartSeries,
} from '../../inspector/chartContract';
import type { PayloadHost, PayloadPlace } from '../../inspector/payloadContract';
import type { PayloadRule } from '../../inspector/payloadRules';
import type { Handlers } from '../../inspector/peer';
import type { PayloadMode } from '../../payload/payloadMode';
import { patientPace } from './hostPace';

/** What payloads and charts need of VS Code. */
export interface PayloadPorts {
  readonly rules: () => readonly PayloadRule[];
  readonly onDidChangeRules: Event<void>;
  readonly remember: (topic: string, mode: PayloadMode) => Promise<boolean>;
  /** Opens a payload in an editor or saves it to a file. */
  readonly take: (sequence: number, where: PayloadPlace) => Promise<void>;
  /** Asks where to save, and does; false where the person changed his mind. */
  readonly save: (kind: 'png' | 'csv', bytes: Uint8Array) => Promise<boolean>;
}

/** Milliseconds after which a chart gets what was found so far. */
const patience = 60;

/** The extension host's answers for the payload pane and the chart. Nothing is kept for them. */
export class PayloadAnswers {
  /** A search that a later one made pointless ends at its next slice. */
  private search = 0;

  constructor(
    private readonly log: PacketLog,
    private readonly ports: PayloadPorts,
    private readonly wanted: () => boolean,
  ) {}

  get handlers(): Handlers<PayloadHost & ChartHost> {
    const { ports, log } = this;
    return {
      topicNeighbour: (sequence, step) => {
        const search = ++this.search;
        const wanted = (): boolean => search === this.search && this.wanted();
        return topicNeighbour(log, sequence, step === 'next' ? 1 : -1, { pace: patientPace, wanted });
      },
      payloadRules: () => ports.rules(),
      rememberPayloadMode: (topic, mode) => ports.remember(topic, mode),
      takePayload: (sequence, where) => ports.take(sequence, where),
      chartPoints: (series, from) => this.chartPoints(series, from),
      saveChart: (kind, bytes) => ports.save(kind, bytes),
    };
  }

  private async chartPoints(series: readonly ChartSeries[], from: number): Promise<ChartPage> {
    const sources = series.slice(0, mostSeries);
    const options = { pace: patientPace, patience, most: mostPointsInPage };
    const { found, next } = await topicNumbers(this.log, sources, from, options);
    return { points: found, next };
  }
}
