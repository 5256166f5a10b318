import type { CliIo, Output } from "axio-cli/internal";

/** The parts of the process that `axio` uses, so that tests can replace them. */
export interface AppIo extends Pick<CliIo, "env" | "cwd" | "signal"> {
  readonly stdin: NodeJS.ReadStream & { readonly fd?: number };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** The directory of the app's package. */
  readonly appDir: string;
  readonly version: string;
  /** Packages and directories with plugins, before those in the settings. */
  readonly plugins?: readonly string[] | undefined;
  /** Conditions of `exports`, in addition to those of Node. */
  readonly conditions: readonly string[];
}

/** The context of a command. */
export interface CommandContext {
  readonly io: AppIo;
  readonly out: Output;
  readonly err: Output;
}
