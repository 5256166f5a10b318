import { trimSurrogates } from "axio/internal";
import { TerminalOutput } from "../terminal/terminal-output.ts";
import { toolError } from "../tool-error.ts";
import type { Launch } from "./launcher.ts";
import { type CommandEnd, runCommand } from "./run-command.ts";

/** How much output of a process is kept. */
const MAX_KEPT_CHARACTERS = 500_000;
const MAX_RUNNING = 20;

/** New output of a background process. */
export interface BackgroundOutput {
  readonly text: string;
  /** How many characters are lost between the cursor and `text`. */
  readonly lost: number;
  /** The position after `text`. */
  readonly cursor: number;
  /** `undefined` while it runs. */
  readonly end: CommandEnd | undefined;
}

/** The processes that run until they end, are stopped, or the app ends. */
export class BackgroundProcesses {
  readonly #signal: AbortSignal;
  readonly #processes = new Map<string, BackgroundProcess>();

  /** @param signal Stops all processes. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Starts a process.
   *
   * @returns Its id.
   * @throws AxioError `invalid-argument` if too many are running.
   */
  start(launch: Launch, command: string): string {
    const running = [...this.#processes.values()].filter(({ end }) => end === undefined);
    if (running.length >= MAX_RUNNING) {
      throw toolError(`${MAX_RUNNING} background processes are running. Stop one with shell_stop.`);
    }
    const id = `p${this.#processes.size + 1}`;
    this.#processes.set(id, new BackgroundProcess(launch, command, this.#signal));
    return id;
  }

  /** @throws AxioError `invalid-argument` with the known ids. */
  get(id: string): BackgroundProcess {
    const found = this.#processes.get(id);
    if (found !== undefined) return found;
    const known = [...this.#processes].map(
      ([name, { command, end }]) => `${name} (${end === undefined ? "running" : "ended"}): ${command}`,
    );
    throw toolError(
      known.length === 0
        ? "There are no background processes. Start one with shell and background: true."
        : `There is no background process ${JSON.stringify(id)}. There are:\n${known.join("\n")}`,
    );
  }

  /** Resolves when all processes have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#processes.values()].map(({ done }) => done));
  }
}

/** A process in the background, and the last part of its output. */
export class BackgroundProcess {
  readonly command: string;
  /** Resolves when it has ended. Never rejects. */
  readonly done: Promise<void>;
  readonly #stopping = new AbortController();
  #kept = "";
  /** The position of `#kept` in the whole output. */
  #start = 0;
  /** The position after the last read. */
  #cursor = 0;
  #end: CommandEnd | undefined;
  #problem: unknown;
  #onChange: () => void = () => undefined;

  constructor(launch: Launch, command: string, signal: AbortSignal) {
    this.command = command;
    const terminal = new TerminalOutput(0);
    const run = runCommand(launch, {
      signal: AbortSignal.any([signal, this.#stopping.signal]),
      pipe: () => {
        const write = terminal.pipe();
        return (chunk) => this.#add(write(chunk));
      },
    });
    this.done = run.then(
      ({ end }) => {
        this.#add(terminal.end());
        this.#end = end;
        this.#onChange();
      },
      (error: unknown) => {
        this.#problem = error;
        this.#end = { type: "exit", code: 1 };
        this.#onChange();
      },
    );
  }

  /** How it ended; `undefined` while it runs. */
  get end(): CommandEnd | undefined {
    return this.#end;
  }

  /** Stops it, with all its processes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.done;
  }

  /**
   * Returns its output from a position on.
   *
   * @param cursor Default: after what was read last.
   * @throws The error with which it could not be started.
   */
  read(cursor: number = this.#cursor): BackgroundOutput {
    if (this.#problem !== undefined) throw this.#problem;
    const length = this.#start + this.#kept.length;
    const from = Math.min(Math.max(cursor, this.#start), length);
    this.#cursor = length;
    return {
      text: trimSurrogates(this.#kept.slice(from - this.#start)),
      lost: Math.max(0, from - cursor),
      cursor: length,
      end: this.#end,
    };
  }

  /** Waits until there is output after a position, it ends, or the signal fires. */
  async waitForChange(cursor: number | undefined, signal: AbortSignal): Promise<void> {
    const from = cursor ?? this.#cursor;
    while (this.#start + this.#kept.length <= from && this.#end === undefined && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  #add(text: string): void {
    if (text === "") return;
    this.#kept += text;
    // Not at every addition, because that copies the text.
    if (this.#kept.length > 2 * MAX_KEPT_CHARACTERS) {
      this.#start += this.#kept.length - MAX_KEPT_CHARACTERS;
      this.#kept = this.#kept.slice(-MAX_KEPT_CHARACTERS);
    }
    this.#onChange();
  }
}
