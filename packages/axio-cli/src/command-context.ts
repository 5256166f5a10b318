import type { AxioError } from "axio";
import type { PluginHost, RetryNotice } from "axio/plugin";
import type { CliIo } from "./io.ts";
import type { Arguments, CliOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { describeRetry } from "./text/retry-text.ts";
import { escapeLine } from "./text/terminal-text.ts";

/** The outputs of a command. */
export interface Outputs {
  /** For results. */
  readonly out: Output;
  /** For progress, questions and errors. */
  readonly err: Output;
}

/** Everything that a command works with. */
export interface CommandContext extends Outputs {
  readonly cli: CliOptions;
  readonly args: Arguments;
  readonly io: CliIo;
}

/** Creates the host that the provider gets: the options of the command are its settings. */
export function createHost(
  context: CommandContext,
  {
    onWarning = (warning) => void warn(warning, context),
    onRetry = (retry) => void noteRetry(retry, context),
  }: Partial<Pick<PluginHost, "onWarning" | "onRetry">> = {},
): PluginHost {
  const { args, io } = context;
  return {
    appName: "axio",
    cwd: io.cwd,
    env: io.env,
    settings: args.settings,
    signal: io.signal,
    onWarning,
    onRetry,
    requestPermission: async () => ({ allowed: false }),
  };
}

/** Shows that a request is retried. */
function noteRetry(retry: RetryNotice, { err: { line, style } }: { readonly err: Output }): Promise<void> {
  const text = describeRetry(`${retry.attempt} of ${retry.maxRetries}`, retry);
  return line(style.dim(`${style.unicode ? "·" : "-"} ${text}`));
}

/** Shows a problem that does not end the command. */
export function warn(warning: AxioError | string, { err }: { readonly err: Output }): Promise<void> {
  const message = typeof warning === "string" ? warning : warning.message;
  return err.line(`${err.style.yellow("!")} ${escapeLine(message)}`);
}
