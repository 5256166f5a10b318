export { defaultSessionsPath, type PathEnvironment } from "./default-sessions-path.ts";
export { type OpenSessionsOptions, openSessions } from "./open-sessions.ts";
export type { SessionDatabase } from "./session-database.ts";
export type { ListOptions, StoredSession } from "./session-list.ts";
export type { SqliteContextStore } from "./sqlite-context-store.ts";
