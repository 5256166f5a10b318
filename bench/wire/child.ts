import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PLAIN_ENVIRONMENT } from "../src/processes.ts";
import type { ClientOrder, ClientWord } from "./client-process.ts";

/** The compiled script: nothing of the compiler runs inside the clients. */
const SCRIPT = fileURLToPath(new URL("./dist/client-process.js", import.meta.url));

/** A client in a process of its own. */
export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor(order: ClientOrder) {
    this.#name = order.client;
    // Node 20 has the class WebSocket, which pi-ai needs, behind this flag.
    const execArgv = order.client === "pi-ai-websocket" ? ["--experimental-websocket"] : [];
    this.#child = fork(SCRIPT, [JSON.stringify(order)], { execArgv, env: PLAIN_ENVIRONMENT });
  }

  /** Asks one question. */
  ask(): void {
    this.#child.send("ask");
  }

  /**
   * The next word of the client.
   *
   * @throws Error where it ends instead, or says nothing for too long.
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

  /** Ends it. */
  stop(): void {
    this.#child.kill("SIGKILL");
  }
}
