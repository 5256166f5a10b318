import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openSessions, type SessionDatabase } from "../../src/index.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Opens a session file and closes it after the test. */
export async function openDatabase(
  path: string = join(temporaryDirectory(), "sessions.db"),
): Promise<SessionDatabase> {
  const database = await openSessions({ path });
  onTestFinished(() => database.close());
  return database;
}
