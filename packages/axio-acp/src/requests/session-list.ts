import type { ListSessionsResponse, SessionInfo } from "@agentclientprotocol/sdk";
import type { StoredSession } from "axio-context-sqlite";
import { invalidParams } from "./request-error.ts";

const PAGE = 50;

/**
 * Returns one page of the stored sessions, newest first. The cursor is the number of sessions before it.
 *
 * @param read Reads the first sessions, up to a limit.
 * @throws RequestError -32602 for a cursor that was not given out.
 */
export async function listPage(
  cursor: string | null | undefined,
  read: (limit: number) => Promise<readonly StoredSession[]>,
): Promise<ListSessionsResponse> {
  const start = Number(cursor ?? "0");
  if (!Number.isSafeInteger(start) || start < 0)
    throw invalidParams(`There is no page ${JSON.stringify(cursor)}. Begin without a cursor.`);
  const end = start + PAGE;
  const sessions = await read(end + 1);
  return {
    sessions: sessions.slice(start, end).flatMap(sessionInfo),
    ...(sessions.length > end && { nextCursor: String(end) }),
  };
}

/** A session whose folder is unknown cannot be continued by an editor. */
function sessionInfo({ id, directory, preview, updatedAt }: StoredSession): readonly SessionInfo[] {
  if (directory === undefined) return [];
  const title = preview === "" ? null : preview;
  return [{ sessionId: id, cwd: directory, title, updatedAt: new Date(updatedAt).toISOString() }];
}
