import { basename } from "node:path";
import type { CommandEnd, CommandResult } from "./run-command.ts";

/** The longest output in a result. */
export const MAX_RESULT_CHARACTERS = 30_000;

/** Messages of programs that the sandbox stopped. */
const DENIED =
  /read-only file system|resource busy|permission denied|operation not permitted|\bE(?:ROFS|ACCES|PERM)\b|host key verification failed|docker daemon|could not read (?:username|password)|authentication failed/i;
const NO_NETWORK =
  /could not resolve|name or service not known|name resolution|network is unreachable|connection refused|getaddrinfo|\bE(?:NETUNREACH|NOTFOUND|AI_AGAIN|CONNREFUSED)\b/i;

/** Returns a text that ends its last line. */
export function ensureNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

/** Says how a command ended. */
export function describeEnd(end: CommandEnd, timeoutSeconds?: number): string {
  switch (end.type) {
    case "exit":
      return `Exit code ${end.code}`;
    case "signal":
      return `Terminated by ${end.signal}`;
    case "timeout":
      return `Stopped after the timeout of ${timeoutSeconds} seconds. Set timeoutSeconds if the command needs longer`;
    case "aborted":
      return "Stopped";
  }
}

/** Tells the model about processes that were ended. Their names come from the processes, and may contain anything. */
export function describeLeftBehind(names: readonly string[], canRunInBackground: boolean): string {
  if (names.length === 0) return "";
  const known = [...new Set(names.filter((name) => name !== "?"))].slice(0, 10);
  const list =
    known.length === 0 ? "" : `: ${known.map((name) => name.replace(/[^\x20-\x7e]/g, "?")).join(", ")}`;
  const remedy = canRunInBackground ? ' To keep a server running, call shell with "background": true.' : "";
  return `\n[Processes that the command left in the background were ended${list}.${remedy}]`;
}

/** Tells the model what was renamed after a command. */
export function describeMovedAway(moved: CommandResult["movedAway"]): string {
  return moved
    .map(
      ([path, name]) =>
        `\n[The command created .git/${basename(path)}, with which Git would run programs. The sandbox does not allow that, so it is now .git/${name}.]`,
    )
    .join("");
}

/** Options of {@link describeSandboxFailure}. */
export interface SandboxedCommand {
  readonly output: string;
  readonly end: CommandEnd;
  readonly network: boolean;
  /** Whether the user may be asked to run the command without the sandbox. */
  readonly canLeave: boolean;
}

/** Tells the model that the sandbox may be the reason why a command failed. Empty if that is unlikely. */
export function describeSandboxFailure({ output, end, network, canLeave }: SandboxedCommand): string {
  const hasFailed = end.type === "exit" && end.code !== 0;
  if (!hasFailed || !(DENIED.test(output) || (!network && NO_NETWORK.test(output)))) return "";
  const limits = `it can write only in the working directory and the temporary directory, cannot read credentials${network ? "" : ", and has no network"}`;
  const remedy = canLeave
    ? 'If that is why it failed, call shell again with "withoutSandbox": true; the user is asked.'
    : "The user's settings require the sandbox.";
  return `\n[The command ran in a sandbox: ${limits}. ${remedy}]`;
}
