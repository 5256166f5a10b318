import type { SessionDatabase } from "axio-context-sqlite";

/**
 * Returns the id of the session that `--continue` continues: the last one of the folder. Sessions from before folders were
 * stored are used if the folder has none.
 */
export async function lastSession(sessions: SessionDatabase, directory: string): Promise<string | undefined> {
  const [own] = await sessions.list({ limit: 1, directory });
  if (own !== undefined) return own.id;
  const [unknown] = await sessions.list({ limit: 1, directory: null });
  return unknown?.id;
}
