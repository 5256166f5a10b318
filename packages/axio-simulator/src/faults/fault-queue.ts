import type { FaultSpec, FaultTarget } from "./fault-spec.ts";

interface Entry<Content> {
  readonly target: string;
  readonly content: Content;
  times: number;
}

/** Entries for the next requests to each endpoint, first in, first out. */
class Queue<Content> {
  readonly #entries: Entry<Content>[] = [];

  add(target: string, content: Content, times: number): void {
    this.#entries.push({ target, content, times });
  }

  /** Returns the content for this request and uses up one of its times. */
  take(target: string): Content | undefined {
    const index = this.#entries.findIndex((entry) => entry.target === target);
    const entry = this.#entries[index];
    if (entry === undefined) return undefined;
    entry.times -= 1;
    if (entry.times <= 0) this.#entries.splice(index, 1);
    return entry.content;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  get size(): number {
    return this.#entries.reduce((sum, { times }) => sum + times, 0);
  }
}

/**
 * The misbehavior that tests ask for: faults by name, and switches that change how an endpoint answers.
 *
 * @typeParam Switches The switches by endpoint.
 */
export class FaultQueue<Switches extends object = object> {
  readonly #faults = new Queue<FaultSpec>();
  readonly #changes = new Queue<object>();
  #switches: Switches;

  constructor(switches: Switches) {
    this.#switches = switches;
  }

  /**
   * Queues a fault for the next requests.
   *
   * @param fault Its name, or the fault with its details.
   * @param options `target`: the endpoint. Default: `responses`. `times`: the number of requests. Default: 1.
   */
  add(fault: FaultSpec | string, options: { target?: FaultTarget; times?: number } = {}): void {
    const { target = "responses", times = 1 } = options;
    this.#faults.add(target, typeof fault === "string" ? { name: fault } : fault, times);
  }

  /** Changes the switches of an endpoint from now on. */
  set<Target extends keyof Switches & string>(target: Target, change: Partial<Switches[Target]>): void {
    this.#switches = { ...this.#switches, [target]: { ...this.#switches[target], ...change } };
  }

  /**
   * Changes the switches of an endpoint for its next requests.
   *
   * @param times The number of requests. Default: 1.
   */
  next<Target extends keyof Switches & string>(
    target: Target,
    change: Partial<Switches[Target]>,
    times = 1,
  ): void {
    this.#changes.add(target, change, times);
  }

  /** Removes the faults and changes that are queued. */
  clear(): void {
    this.#faults.clear();
    this.#changes.clear();
  }

  /** The number of requests that still get a fault. */
  get size(): number {
    return this.#faults.size;
  }

  /** Returns the fault for this request and uses up one of its times. */
  take(target: FaultTarget): FaultSpec | undefined {
    return this.#faults.take(target);
  }

  /** Returns the switches for this request and uses up one of the queued changes. */
  switches<Target extends keyof Switches & string>(target: Target): Switches[Target] {
    return { ...this.#switches[target], ...this.#changes.take(target) };
  }
}
