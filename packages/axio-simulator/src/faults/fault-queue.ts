import type { FaultSpec, FaultTarget } from "./fault-spec.ts";

interface Waiting {
  readonly fault: FaultSpec;
  readonly target: FaultTarget;
  times: number;
}

/** Faults that tests put in line; each strikes the next requests to its endpoint. */
export class FaultQueue {
  readonly #waiting: Waiting[] = [];

  /**
   * Puts a fault in line.
   *
   * @param fault Its name, or the fault with its details.
   * @param options `target`: the endpoint, default `responses`. `times`: how many requests, default 1.
   */
  add(fault: FaultSpec | string, options: { target?: FaultTarget; times?: number } = {}): void {
    const { target = "responses", times = 1 } = options;
    this.#waiting.push({ fault: typeof fault === "string" ? { name: fault } : fault, target, times });
  }

  /** Drops what still waits. */
  clear(): void {
    this.#waiting.length = 0;
  }

  /** How many requests still have a fault coming. */
  get size(): number {
    return this.#waiting.reduce((sum, { times }) => sum + times, 0);
  }

  /** The fault for this request, which uses up one of its times. */
  take(target: FaultTarget): FaultSpec | undefined {
    const index = this.#waiting.findIndex((waiting) => waiting.target === target);
    const waiting = this.#waiting[index];
    if (waiting === undefined) return undefined;
    waiting.times -= 1;
    if (waiting.times <= 0) this.#waiting.splice(index, 1);
    return waiting.fault;
  }
}
