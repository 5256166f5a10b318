import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openSessions, type SessionDatabase } from "../../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Sessions in a file that goes with the test. */
export async function openDatabase(
  path: string = join(temporaryFolder(), "sessions.db"),
): Promise<SessionDatabase> {
  const database = await openSessions({ path });
  onTestFinished(() => database.close());
  return database;
}
