import type { InspectorHost, InspectorView } from '../../../src/inspector/contract';
import type { ChartSeries } from '../../../src/inspector/chartContract';
import type { Peer } from '../../../src/inspector/peer';
import { loadPacket } from '../packetLoader';
import type { PayloadAccess } from './payloadAccess';

export interface PanelParts {
  readonly peer: Peer<InspectorView, InspectorHost>;
  /** Selects a packet and brings it in sight. */
  readonly show: (sequence: number) => void;
  readonly chart: (series: readonly ChartSeries[]) => void;
  readonly narrow: (filter: string) => void;
  readonly failed: (error: unknown) => void;
}

/** What the panel does for its payload pane. */
export function panelPayloads({ peer, show, chart, narrow, failed }: PanelParts): PayloadAccess {
  const take = (sequence: number, where: 'editor' | 'file'): void => {
    peer.call('takePayload', sequence, where).catch(failed);
  };
  return {
    neighbour: (sequence, step) => peer.call('topicNeighbour', sequence, step),
    load: (sequence) =>
      loadPacket(sequence, (of, offset, length) => peer.call('part', of, offset, length), failed),
    show,
    remember: (topic, mode) => peer.call('rememberPayloadMode', topic, mode),
    chart: (series) => chart([series]),
    narrow,
    failed,
    actions: [
      {
        label: 'Open the payload in an editor',
        icon: 'go-to-file',
        run: (sequence) => take(sequence, 'editor'),
      },
      { label: 'Save the payload to a file…', icon: 'save', run: (sequence) => take(sequence, 'file') },
    ],
  };
}
