import type { AxioError } from "axio";
import type { Channel } from "./channel.ts";
import { escapeLine } from "./terminal-text.ts";

/** Tells of something that went wrong without ending the command. */
export function warn(warning: AxioError, { err }: { readonly err: Channel }): Promise<void> {
  return err.line(`${err.style.yellow("!")} ${escapeLine(warning.message)}`);
}
