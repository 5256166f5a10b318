import type { AxioError } from "axio";
import type { Output } from "./output.ts";
import { escapeLine } from "./text/terminal-text.ts";

/** Shows a problem that does not end the command. */
export function warn(warning: AxioError | string, { err }: { readonly err: Output }): Promise<void> {
  const message = typeof warning === "string" ? warning : warning.message;
  return err.line(`${err.style.yellow("!")} ${escapeLine(message)}`);
}
