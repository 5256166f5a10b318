import { type ChildProcess, fork } from "node:child_process";
import { PLAIN_ENVIRONMENT } from "./environment.ts";

/** How a process of a client is started. */
export interface AskedProcessOptions {
  /** The name of the client in errors. */
  readonly name: string;
  /** The path of the compiled script, so that no compiler runs inside the client. */
  readonly script: string;
  /** Given to the script as JSON, in its first argument. */
  readonly order: object;
  /** The Node program. Default: that of this process. */
  readonly execPath?: string | undefined;
  /** Flags of Node. Default: none. */
  readonly execArgv?: readonly string[] | undefined;
}

/** A client in its own process, which sends one message when it is ready and one for each that it gets. */
export class AskedProcess<Word> {
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor({ name, script, order, execPath = process.execPath, execArgv = [] }: AskedProcessOptions) {
    this.#name = name;
    this.#child = fork(script, [JSON.stringify(order)], {
      execPath,
      execArgv: [...execArgv],
      env: PLAIN_ENVIRONMENT,
    });
  }

  /** Sends a message. */
  ask(message = "ask"): void {
    this.#child.send(message);
  }

  /**
   * Waits for the client's next message.
   *
   * @throws TimeoutError if the client sends nothing for too long.
   * @throws Error if the process ends.
   */
  next(timeoutMs: number): Promise<Word> {
    const child = this.#child;
    const name = this.#name;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        child.off("message", onMessage).off("exit", onExit);
        act();
      };
      const onMessage = (word: unknown): void => settle(() => resolve(word as Word));
      const onExit = (code: number | null): void =>
        settle(() => reject(new Error(`${name} ended early (${code ?? "by a signal"}).`)));
      const timer = setTimeout(
        () => settle(() => reject(new TimeoutError(`${name} sent nothing for ${timeoutMs / 1000} s.`))),
        timeoutMs,
      );
      child.once("message", onMessage).once("exit", onExit);
    });
  }

  /** Stops the process. */
  stop(): void {
    this.#child.kill("SIGKILL");
  }
}

/** A client sent nothing for too long. */
export class TimeoutError extends Error {}
