/** Minutes over which the averages are taken. */
const spans = [1, 5, 15] as const;

/** How much happens a minute, averaged over one, five and fifteen of them, what is older counting ever less. */
export class LoadAverages {
  private readonly last = new Map<string, number>();
  private readonly averages = new Map<string, number>();

  /** @param interval seconds between two updates */
  constructor(private readonly interval: number) {}

  /** @param totals what has happened since the beginning, by name; returns each average by its topic */
  update(
    totals: readonly (readonly [name: string, total: number])[],
  ): (readonly [name: string, value: number])[] {
    return totals.flatMap(([name, total]) => {
      const perMinute = ((total - (this.last.get(name) ?? 0)) * 60) / this.interval;
      this.last.set(name, total);
      return spans.map((minutes) => {
        const topic = `load/${name}/${minutes}min`;
        const before = this.averages.get(topic) ?? 0;
        const average = perMinute + Math.exp(-this.interval / (minutes * 60)) * (before - perMinute);
        this.averages.set(topic, average);
        return [topic, average] as const;
      });
    });
  }
}
