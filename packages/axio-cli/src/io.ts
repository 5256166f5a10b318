import type { Readable, Writable } from "node:stream";

/** The parts of the process that a command uses, so that tests can replace them. */
export interface CliIo {
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  readonly stdout: CliStream;
  readonly stderr: CliStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory, absolute. */
  readonly cwd: string;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Does what Ctrl-C does. Called if the terminal delivers it as a key. */
  readonly interrupt: () => void;
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number;
  /** Default: opens the system's browser, if there is a display. */
  readonly openBrowser?: ((url: string) => Promise<boolean>) | undefined;
}

/** A stream for output: a terminal, a file, a pipe. */
export type CliStream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};
