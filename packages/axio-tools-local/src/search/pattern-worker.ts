import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A line that matches. */
export interface FoundLine {
  readonly number: number;
  readonly text: string;
}

/** A text to search. */
export interface SearchRequest {
  readonly text: string;
  readonly pattern: RegExp;
  /** The largest number of lines to find. */
  readonly max: number;
}

/**
 * The worker is a string, because a file of its own would have to be part of every bundle. A very long line is truncated around
 * its match.
 */
const SOURCE = `
const { parentPort } = require("node:worker_threads");
const MAX = 300;
function around(line, offset) {
  if (line.length <= MAX) return line;
  const start = Math.max(0, Math.min(offset - MAX / 3, line.length - MAX));
  const end = start + MAX;
  return (start > 0 ? "…" : "") + line.slice(start, end) + (end < line.length ? "…" : "");
}
parentPort.on("message", ({ text, pattern, max }) => {
  const found = [];
  let number = 0;
  for (let start = 0; start <= text.length && found.length < max; ) {
    const end = text.indexOf("\\n", start);
    const line = text.slice(start, end === -1 ? text.length : end).replace(/\\r$/, "");
    number += 1;
    const match = line === "" && end === -1 && start > 0 ? null : pattern.exec(line);
    if (match !== null) found.push({ number, text: around(line, match.index) });
    if (end === -1) break;
    start = end + 1;
  }
  parentPort.postMessage(found);
});
parentPort.postMessage("ready");
`;

/**
 * Matches regular expressions of a model in a worker thread, because they may take forever: the event loop goes on, and the
 * thread can be ended. One search at a time.
 */
export class PatternWorker {
  #worker: Promise<Worker> | undefined;

  /**
   * Returns the lines that match a pattern.
   *
   * @param options The longest time of the search, without the start of the thread.
   * @returns `undefined` after the timeout.
   */
  async search(
    request: SearchRequest,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<readonly FoundLine[] | undefined> {
    this.#worker ??= startWorker();
    const worker = await this.#worker;
    signal.throwIfAborted();
    let end = (): void => undefined;
    try {
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(() => resolve(undefined), timeoutMs);
        const onAbort = (): void => reject(signal.reason);
        end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", onAbort);
          worker.off("message", resolve);
          worker.off("error", reject);
        };
        signal.addEventListener("abort", onAbort, { once: true });
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.postMessage(request);
      });
    } finally {
      end();
    }
  }

  /** Ends the thread, also in the middle of a search. */
  async close(): Promise<void> {
    await (await this.#worker)?.terminate();
    this.#worker = undefined;
  }
}

async function startWorker(): Promise<Worker> {
  const worker = new Worker(SOURCE, { eval: true, execArgv: [], env: {} });
  await once(worker, "message");
  return worker;
}
