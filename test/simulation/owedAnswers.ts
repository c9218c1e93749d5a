/** What a client has to answer on one connection, by Packet Identifier. */
export class OwedAnswers {
  private readonly owed: Record<'PUBACK' | 'PUBREC' | 'PUBCOMP', number[]> = {
    PUBACK: [],
    PUBREC: [],
    PUBCOMP: [],
  };

  get all(): string[] {
    return Object.entries(this.owed).flatMap(([type, identifiers]) =>
      identifiers.map((identifier) => `${type} #${identifier}`),
    );
  }

  add(type: 'PUBACK' | 'PUBREC' | 'PUBCOMP', identifier: number): void {
    this.owed[type].push(identifier);
  }

  /**
   * The client answers; returns what is wrong about that. PUBACK and PUBREC keep the order of their messages
   * [MQTT-4.6.0-2] [MQTT-4.6.0-3], PUBCOMP has none to keep.
   */
  answer(type: 'PUBACK' | 'PUBREC' | 'PUBCOMP', identifier: number): string | undefined {
    const owed = this.owed[type];
    const at = type === 'PUBCOMP' ? owed.indexOf(identifier) : 0;
    const [due] = at < 0 ? [] : owed.splice(at, 1);
    if (due === identifier) return undefined;
    const clauses = type === 'PUBCOMP' ? '' : ' [MQTT-4.6.0-2] [MQTT-4.6.0-3]';
    return `sent ${type} #${identifier} where ${due ?? 'none'} was due${clauses}`;
  }
}
