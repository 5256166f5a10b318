import { openSessions, type StoredSession } from "axio-context-sqlite";
import { cleanLine } from "./clean-line.ts";
import { EXIT } from "./exit-codes.ts";
import { type CliIo, write } from "./io.ts";

/** `axio sessions`: the sessions that are kept. */
export async function runSessions(
  { json, search }: { readonly json: boolean; readonly search?: string },
  io: CliIo,
): Promise<number> {
  await using sessions = await openSessions();
  const list = await sessions.list(search === undefined ? {} : { search });
  if (json) await write(io.stdout, `${JSON.stringify(list, null, 2)}\n`);
  else if (list.length > 0) await write(io.stdout, `${list.map(toLine).join("\n")}\n`);
  else
    await write(
      io.stderr,
      search === undefined ? "There are no sessions yet.\n" : "No session holds these words.\n",
    );
  return EXIT.ok;
}

function toLine({ id, updatedAt, messageCount, preview, excerpt }: StoredSession): string {
  const when = new Date(updatedAt).toISOString().slice(0, 16).replace("T", " ");
  const messages = `${messageCount} message${messageCount === 1 ? "" : "s"}`;
  return cleanLine(`${id}  ${when}  ${messages.padEnd(12)}  ${excerpt ?? preview}`);
}
