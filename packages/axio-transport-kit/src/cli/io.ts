import type { Readable, Writable } from "node:stream";

/** What a command touches of the world, so that tests can give it another one. */
export interface CliIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The home folder. Default: the system's. */
  readonly home?: string;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  /** What Ctrl-C does. Called where the terminal hands it over as a key. */
  readonly interrupt: () => void;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Opens the browser. Default: the system's, where there is a screen. */
  readonly openBrowser?: (url: string) => Promise<boolean>;
  /** Where the browser comes back to. Default: the ports that are registered. */
  readonly callbackPorts?: readonly number[];
}

/** Where text goes: a terminal, a file, a pipe. */
export type CliOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number };
