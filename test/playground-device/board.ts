import { encodeUtf8 } from '../../src/base/utf8';

/** A message of the board, without the part of its topic that names it. */
export interface BoardMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

export const firmwareVersion = '2.4.1';

/** What the board of `test/playground` is and does, without a network: `main.c` in TypeScript. */
export class Board {
  private sequence = 0;
  private ledOn = false;
  private calibration = { gain: 1, offset: 0 };

  /** Everything the board says each second. `uptime` in milliseconds. */
  tick(uptime: number): readonly BoardMessage[] {
    this.sequence++;
    const state = { on: this.ledOn, mV: this.supply, temperature: this.temperature / 100 };
    return [
      { topic: 'telemetry', payload: this.telemetry(uptime), qos: 0, retain: false },
      { topic: 'counter', payload: encodeUtf8(String(this.sequence)), qos: 0, retain: false },
      this.stateMessage(state),
    ];
  }

  /** Takes an order and returns what the board says to it at once. */
  order(topic: string, payload: Uint8Array): readonly BoardMessage[] {
    switch (topic) {
      case 'led':
        this.ledOn = ['true', 'on', '1'].some((word) => new TextDecoder().decode(payload).includes(word));
        return [this.stateMessage({ on: this.ledOn, mV: this.supply, temperature: this.temperature / 100 })];
      case 'calibration': {
        // calibration_t: float gain, int16 offset, uint8 flags.
        if (payload.length !== 7) return [];
        const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
        this.calibration = { gain: view.getFloat32(0, true), offset: view.getInt16(4, true) };
        return [];
      }
      default:
        return [];
    }
  }

  private stateMessage(state: object): BoardMessage {
    return { topic: 'state', payload: encodeUtf8(JSON.stringify(state)), qos: 1, retain: true };
  }

  /** `telemetry_t` of include/telemetry.h. */
  private telemetry(uptime: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(14));
    view.setUint32(0, this.sequence, true);
    view.setUint32(4, uptime, true);
    view.setUint16(8, this.supply, true);
    view.setInt16(10, this.temperature, true);
    view.setUint8(12, this.ledOn ? 1 : 0);
    view.setUint8(13, 61);
    return new Uint8Array(view.buffer);
  }

  /** Millivolts: a battery that sags a little while the LED is on. */
  private get supply(): number {
    const raw = 3312 - (this.ledOn ? 24 : 0) + (this.sequence % 5);
    return Math.round(raw * this.calibration.gain) + this.calibration.offset;
  }

  /** Hundredths of a degree Celsius. */
  private get temperature(): number {
    return 2450 + ((this.sequence * 7) % 40);
  }
}
