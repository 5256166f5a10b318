import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PLAIN_ENVIRONMENT } from "../src/processes.ts";
import type { ClientOrder, ClientWord } from "./client-process.ts";

/** The compiled script, so that no compiler runs inside the clients. */
const SCRIPT = fileURLToPath(new URL("./dist/client-process.js", import.meta.url));

/** A client in its own process. */
export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor(order: ClientOrder) {
    this.#name = order.client;
    // pi-ai needs the class WebSocket, which Node 20 hides behind this flag.
    const execArgv = order.client === "pi-ai-websocket" ? ["--experimental-websocket"] : [];
    this.#child = fork(SCRIPT, [JSON.stringify(order)], { execArgv, env: PLAIN_ENVIRONMENT });
  }

  /** Sends one prompt. */
  ask(): void {
    this.#child.send("ask");
  }

  /**
   * Waits for the client's next message.
   *
   * @throws Error if the client exits or sends nothing for too long.
   */
  next(timeoutMs: number): Promise<ClientWord> {
    const child = this.#child;
    const name = this.#name;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        child.off("message", onMessage).off("exit", onExit);
        act();
      };
      const onMessage = (word: ClientWord): void => settle(() => resolve(word));
      const onExit = (code: number | null): void =>
        settle(() => reject(new Error(`${name} ended early (${code ?? "by a signal"}).`)));
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${name} said nothing for ${timeoutMs / 1000} s.`))),
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
