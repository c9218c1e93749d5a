import { nothing, type TemplateResult } from 'lit';
import type { InspectorHost, InspectorView } from '../../src/inspector/contract';
import type { CaptureFileState, CaptureFileView } from '../../src/inspector/fileContract';
import type { Handlers, Peer } from '../../src/inspector/peer';
import { captureFileBar, emptyFile } from './captureFileBar';
import { emptyState } from './emptyState';

/** What the panel shows of the capture file that its packets are from, if they are from one. */
export class FileView {
  private shown: CaptureFileState | undefined;

  readonly handlers: Handlers<CaptureFileView> = {
    fileChanged: (state) => {
      this.shown = state;
      this.panel.requestUpdate();
    },
  };

  constructor(
    private readonly panel: { requestUpdate(): void },
    private readonly peer: () => Peer<InspectorView, InspectorHost>,
  ) {}

  get state(): CaptureFileState | undefined {
    return this.shown;
  }

  async open(): Promise<void> {
    this.shown = (await this.peer().call('fileState')) ?? undefined;
  }

  bar(): TemplateResult | typeof nothing {
    if (!this.shown) return nothing;
    return captureFileBar(this.shown, {
      cancelReading: () => this.peer().notify('cancelReading'),
      readFileAgain: () => this.peer().notify('readFileAgain'),
      showAdded: () => this.peer().notify('showAdded'),
    });
  }

  /** What stands where there is no packet. */
  empty(offer: TemplateResult | typeof nothing): TemplateResult {
    return this.shown ? emptyFile(this.shown) : emptyState(offer);
  }
}
