import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { toolError } from "../tool-error.ts";
import { REPORT_FD, STATUS_FD } from "./bubblewrap.ts";

// How long a command may take to end after SIGTERM.
const TERMINATE_MS = 1_000;
const MAX_REPORT_CHARACTERS = 10_000;

/** Reads what bubblewrap and the supervisor in the sandbox report about a command. */
export class SandboxReport {
  #status = "";
  #report = "";
  #errors = "";

  constructor({ stdio, stderr }: ChildProcess) {
    this.#read(stdio[STATUS_FD], (text) => {
      this.#status += text;
    });
    this.#read(stdio[REPORT_FD], (text) => {
      this.#report += text;
    });
    this.#read(stderr, (text) => {
      this.#errors = (this.#errors + text).slice(0, MAX_REPORT_CHARACTERS);
    });
  }

  /** The names of the processes that the command left behind. */
  get leftBehind(): readonly string[] {
    const names = /^left (.+)$/m.exec(this.#report)?.[1];
    return names === undefined ? [] : names.split(", ");
  }

  /** @throws AxioError `invalid-argument` if the sandbox could not be set up, so that the command was not started. */
  assertStarted(): void {
    if (this.#report.startsWith("started")) return;
    throw toolError(`The sandbox could not be started, and the command did not run: ${this.#errors.trim()}`);
  }

  /** Sends SIGTERM to the processes in the sandbox, and waits a moment. The end of bubblewrap then kills them. */
  async terminate(exit: Promise<unknown>): Promise<void> {
    // The first process of the namespace leads the group, and ignores SIGTERM itself.
    const leader = Number(/"child-pid": (\d+)/.exec(this.#status)?.[1]);
    if (!Number.isInteger(leader)) return;
    try {
      process.kill(-leader, "SIGTERM");
    } catch {
      return;
    }
    const done = new AbortController();
    await Promise.race([exit, wait(TERMINATE_MS, undefined, { signal: done.signal }).catch(() => undefined)]);
    done.abort();
  }

  #read(stream: unknown, onText: (text: string) => void): void {
    const readable = stream as Readable | null | undefined;
    readable?.setEncoding("utf8").on("data", onText);
    readable?.on("error", () => undefined);
  }
}
