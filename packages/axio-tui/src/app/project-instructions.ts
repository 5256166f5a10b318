import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** More of it is not read, in characters. */
const LONGEST = 50_000;

/** What a project says to agents: its `AGENTS.md` (https://agents.md). */
export async function readInstructions(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, "AGENTS.md"), "utf8").catch(() => undefined);
  return text?.slice(0, LONGEST);
}
