import { ByteQueue } from './byteQueue';
import type { CaptureFormat, CaptureFrame, CaptureProblem } from './captureFormat';
import { foreignFormat } from './foreignFormat';
import { PcapFormat } from './pcapFormat';
import { PcapngFormat } from './pcapngFormat';

export interface CaptureFileListener {
  frame(frame: CaptureFrame): void;
  problem(problem: CaptureProblem): void;
}

/**
 * Cuts a capture file, classic pcap or pcapng, into its frames while it comes in chunks. Where the file is damaged it says
 * so and looks for the next block; it never throws for what the file holds.
 */
export class CaptureFileParser {
  private readonly queue = new ByteQueue();
  private format: CaptureFormat | undefined;
  private block = 1;
  private state: 'reading' | 'searching' | 'refused' = 'reading';
  private damage = { offset: 0, block: 0 };
  /** How many bytes from the front were looked at in search of a block. */
  private searched = 0;

  constructor(private readonly listener: CaptureFileListener) {}

  push(chunk: Uint8Array): void {
    if (this.state === 'refused') return;
    this.queue.append(chunk);
    this.advance(false);
  }

  /** There are no more bytes. */
  end(): void {
    if (this.state === 'refused') return;
    this.advance(true);
    const { queue, block, listener, state, format } = this;
    if (state === 'searching') {
      listener.problem({ code: 'damagedBlock', ...this.damage });
    } else if (!format) this.refuse();
    else if (queue.length > 0 || queue.isSkipping) {
      const { offset } = queue;
      format.readCut(queue, (frame) => listener.frame(frame));
      listener.problem({ code: 'truncated', block, offset });
    }
    this.state = 'refused';
  }

  private advance(isLast: boolean): void {
    const { queue, listener } = this;
    if (!this.format) {
      if (queue.length < 12) return;
      this.format = formatOf(queue);
      if (!this.format) {
        this.state = 'refused';
        this.refuse();
        return;
      }
    }
    const { format } = this;
    const onFrame = (frame: CaptureFrame): void => listener.frame(frame);
    for (;;) {
      if (this.state === 'searching' && !this.search(format, isLast)) return;
      const { offset } = queue;
      const step = format.read(queue, onFrame);
      if (step === 'more') {
        // A length that was damaged may ask for bytes that never come: what there is may hold blocks all the same.
        if (!isLast || queue.length === 0 || !this.holdsBlock(format)) return;
        this.beginSearch();
      } else if (step === 'damaged') this.beginSearch();
      else {
        if (typeof step === 'object') {
          listener.problem({ code: step.code, block: this.block, offset });
        }
        queue.skip(typeof step === 'object' ? step.length : step);
        this.block++;
      }
    }
  }

  private refuse(): void {
    const { queue, listener } = this;
    const kind = foreignFormat((at) => (at < queue.length ? queue.byte(at) : undefined));
    listener.problem({ code: 'notACaptureFile', block: 1, offset: 0, ...(kind && { kind }) });
  }

  private beginSearch(): void {
    this.state = 'searching';
    this.damage = { offset: this.queue.offset, block: this.block };
    this.searched = 1;
  }

  /** Looks for a block from where it stopped looking; false where it needs more bytes. */
  private search(format: CaptureFormat, isLast: boolean): boolean {
    const { queue } = this;
    for (let at = this.searched; at < queue.length; at++) {
      const may = format.mayBegin(queue, at);
      if (may === undefined && !isLast) {
        this.searched = 0;
        queue.skip(at);
        return false;
      }
      if (may !== true) continue;
      queue.skip(at);
      this.found();
      return true;
    }
    queue.skip(queue.length);
    this.searched = 0;
    return false;
  }

  private found(): void {
    this.state = 'reading';
    const skipped = this.queue.offset - this.damage.offset;
    this.listener.problem({ code: 'damagedBlock', ...this.damage, skipped });
    this.block++;
  }

  private holdsBlock(format: CaptureFormat): boolean {
    for (let at = 1; at < this.queue.length; at++) {
      if (format.mayBegin(this.queue, at) === true) return true;
    }
    return false;
  }
}

function formatOf(queue: ByteQueue): CaptureFormat | undefined {
  switch (queue.uint32(0, false)) {
    case 0x0a0d0d0a:
      return new PcapngFormat();
    case 0xa1b2c3d4:
      return new PcapFormat(false, false);
    case 0xd4c3b2a1:
      return new PcapFormat(true, false);
    case 0xa1b23c4d:
      return new PcapFormat(false, true);
    case 0x4d3cb2a1:
      return new PcapFormat(true, true);
    default:
      return undefined;
  }
}
