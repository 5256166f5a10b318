import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { CallOrder, CallOutcome, WorkerOptions } from "./worker.ts";

/** How to run a worker's script. */
export interface Launch {
  readonly script: string;
  /** Options for Node. */
  readonly execArgv: readonly string[];
}

/** A process that makes calls. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (outcome: CallOutcome | undefined) => void>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (outcome: CallOutcome) => this.#settle(outcome.id, outcome));
    child.once("exit", () => {
      for (const id of this.#waiting.keys()) this.#settle(id, undefined);
    });
  }

  /** Starts a worker and waits until it is ready. */
  static async start(launch: Launch, options: WorkerOptions): Promise<Worker> {
    const child = fork(launch.script, [JSON.stringify(options)], { execArgv: [...launch.execArgv] });
    const [first] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [unknown];
    if (first !== "ready") throw new Error(`A worker exited at its start (${String(first)}).`);
    return new Worker(child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Makes a call. Returns `undefined` if the worker was killed before it reported the outcome. */
  call(order: CallOrder): Promise<CallOutcome | undefined> {
    return new Promise((resolve) => {
      this.#waiting.set(order.id, resolve);
      this.#child.send(order, (error) => {
        if (error !== null) this.#settle(order.id, undefined);
      });
    });
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  /** Kills the worker and waits for its exit. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }

  #settle(id: number, outcome: CallOutcome | undefined): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }
}
