import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** A call of the keychain. */
export interface KeychainCall {
  readonly action: "getPassword" | "setPassword" | "deletePassword";
  readonly service: string;
  readonly account: string;
  /** For `setPassword`. */
  readonly text?: string | undefined;
}

interface Answer {
  readonly value?: string | null;
  readonly error?: string;
}

/** The thread that calls the keychain. */
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
parentPort.on("message", async ({ action, service, account, text }) => {
  const answer = {};
  try {
    const { AsyncEntry } = await import(workerData);
    const entry = new AsyncEntry(service, account, { linux: { store: "secret-service" } });
    const value = await (action === "setPassword" ? entry.setPassword(text) : entry[action]());
    if (action === "getPassword") answer.value = value ?? null;
  } catch (error) {
    answer.error = String(error instanceof Error ? error.message : error);
  }
  parentPort.postMessage(answer);
});
`;

/**
 * The program of the process. It reads calls as lines of JSON and writes their results. When its parent is gone, it kills itself:
 * a service that does not respond blocks the thread, and an exit would wait for it. Without the option for Linux, the package
 * falls back to the kernel's keyring, which a restart clears.
 */
const PROGRAM = `
const { createInterface } = await import("node:readline");
const { Worker } = await import("node:worker_threads");
const worker = new Worker(${JSON.stringify(THREAD)}, { eval: true, execArgv: [], workerData: process.argv.at(-1) });
worker.on("message", (answer) => process.stdout.write(JSON.stringify(answer) + "\\n"));
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => worker.postMessage(JSON.parse(line)));
lines.on("close", () => process.kill(process.pid, "SIGKILL"));
`;

/**
 * Calls the system's keychain in a process of its own: a native call that never returns blocks the exit of its process, and
 * only the system can end it. The process starts with the first call and ends with this one; it does not keep it alive.
 */
export class KeychainProcess {
  readonly #moduleUrl: string;
  #child: ChildProcess | undefined;
  /** Calls run one after another. */
  #last: Promise<unknown> = Promise.resolve();
  #settle: ((answer: Answer) => void) | undefined;

  /** @param moduleUrl The URL of `@napi-rs/keyring`. */
  constructor(moduleUrl: string) {
    this.#moduleUrl = moduleUrl;
  }

  /**
   * Makes a call.
   *
   * @throws AxioError `store-unavailable` if the keychain reports an error.
   */
  call(call: KeychainCall): Promise<string | undefined> {
    const result = this.#last.then(() => this.#send(call));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Ends the process, with the call that runs. The next call starts another one. */
  stop(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill("SIGKILL");
    this.#settle?.({ error: "The call was ended." });
  }

  async #send(call: KeychainCall): Promise<string | undefined> {
    const child = this.#child ?? (await this.#start());
    this.#child = child;
    const answer = await new Promise<Answer>((resolve) => {
      this.#settle = resolve;
      setReferenced(child, true);
      child.stdin?.write(`${JSON.stringify(call)}\n`, (error) => {
        if (error) resolve({ error: error.message });
      });
    });
    this.#settle = undefined;
    setReferenced(child, false);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value ?? undefined;
  }

  async #start(): Promise<ChildProcess> {
    // Needed for the keychain only.
    const { spawn } = await import("node:child_process");
    const args = ["--input-type=module", "--eval", PROGRAM, "--", this.#moduleUrl];
    const child = spawn(process.execPath, args, {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      windowsHide: true,
    });
    const end = (error: string): void => {
      if (this.#child === child) this.#child = undefined;
      this.#settle?.({ error });
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", () => end("Its process ended."));
    // A pipe that breaks is reported as the end of the process.
    child.stdin?.on("error", () => undefined);
    createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
      this.#settle?.(JSON.parse(line) as Answer);
    });
    setReferenced(child, false);
    return child;
  }
}

/** Whether the process keeps this one alive. */
function setReferenced(child: ChildProcess, isReferenced: boolean): void {
  const name = isReferenced ? "ref" : "unref";
  child[name]();
  for (const stream of [child.stdin, child.stdout])
    (stream as { ref?(): void; unref?(): void } | null)?.[name]?.();
}
