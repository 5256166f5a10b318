import { EXIT, escapeLine } from "axio-cli/internal";
import { openSessions, type StoredSession } from "axio-context-sqlite";
import type { CommandContext } from "../host/io.ts";
import type { Invocation } from "./read-arguments.ts";

/** `axio sessions`: lists the stored sessions. */
export async function runSessions(
  { json, search }: Extract<Invocation, { readonly command: "sessions" }>,
  { out, err }: CommandContext,
): Promise<number> {
  await using sessions = await openSessions();
  const list = await sessions.list({ search });
  if (json) await out.line(JSON.stringify(list, null, 2));
  else if (list.length > 0) await out.line(list.map(toLine).join("\n"));
  else
    await err.line(search === undefined ? "There are no sessions yet." : "No session contains these words.");
  return EXIT.ok;
}

function toLine({ id, updatedAt, messageCount, preview, excerpt }: StoredSession): string {
  const time = new Date(updatedAt).toISOString().slice(0, 16).replace("T", " ");
  const messages = `${messageCount} message${messageCount === 1 ? "" : "s"}`;
  return escapeLine(`${id}  ${time}  ${messages.padEnd(12)}  ${excerpt ?? preview}`);
}
