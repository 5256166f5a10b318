/** The outcome of a request, for metrics and the log. */
export interface RequestFacts {
  readonly route: string;
  /** The name of the key, empty if there was none. */
  readonly key: string;
  readonly model: string;
  readonly status: number;
  /** The code of the error, empty if there was none. */
  readonly code: string;
  readonly durationMs: number;
  /** Default: no event was sent. */
  readonly firstEventMs?: number | undefined;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

const BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Counts requests, and writes the counts in the text format of Prometheus. */
export class Metrics {
  readonly #counters = new Map<string, Map<string, number>>();
  readonly #histograms = new Map<string, Map<string, Histogram>>();

  /** Counts a request that has ended. */
  add(facts: RequestFacts): void {
    const { route, key, model, status, code } = facts;
    this.#count("axio_gateway_requests_total", { route, key, model, status: String(status), code }, 1);
    const tokens = { input: facts.inputTokens, cached: facts.cachedTokens, output: facts.outputTokens };
    for (const [kind, amount] of Object.entries(tokens))
      if (amount > 0) this.#count("axio_gateway_tokens_total", { key, model, kind }, amount);
    this.#observe("axio_gateway_request_seconds", { route }, facts.durationMs / 1000);
    if (facts.firstEventMs !== undefined)
      this.#observe("axio_gateway_first_event_seconds", { route }, facts.firstEventMs / 1000);
  }

  /**
   * Returns all metrics.
   *
   * @param gauges The current value of each gauge, by name.
   * @see https://prometheus.io/docs/instrumenting/exposition_formats/
   */
  text(gauges: Readonly<Record<string, number>>): string {
    const lines: string[] = [];
    for (const [name, value] of Object.entries(gauges))
      lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
    for (const [name, series] of this.#counters) {
      lines.push(`# TYPE ${name} counter`);
      for (const [labels, value] of series) lines.push(`${name}{${labels}} ${value}`);
    }
    for (const [name, series] of this.#histograms) {
      lines.push(`# TYPE ${name} histogram`);
      for (const [labels, { counts, sum, count }] of series) {
        BUCKETS_SECONDS.forEach((bound, index) => {
          lines.push(`${name}_bucket{${labels},le="${bound}"} ${counts[index] ?? 0}`);
        });
        lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`);
        lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`);
      }
    }
    return `${lines.join("\n")}\n`;
  }

  #count(name: string, labels: Readonly<Record<string, string>>, amount: number): void {
    const series = this.#counters.get(name) ?? new Map<string, number>();
    this.#counters.set(name, series);
    const text = labelText(labels);
    series.set(text, (series.get(text) ?? 0) + amount);
  }

  #observe(name: string, labels: Readonly<Record<string, string>>, seconds: number): void {
    const series = this.#histograms.get(name) ?? new Map<string, Histogram>();
    this.#histograms.set(name, series);
    const text = labelText(labels);
    const histogram = series.get(text) ?? { counts: BUCKETS_SECONDS.map(() => 0), sum: 0, count: 0 };
    series.set(text, histogram);
    BUCKETS_SECONDS.forEach((bound, index) => {
      if (seconds <= bound) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
    });
    histogram.sum += seconds;
    histogram.count += 1;
  }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${value.replaceAll(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`))}"`,
    )
    .join(",");
}
