export { defaultSessionsPath, type PathEnvironment } from "./default-sessions-path.ts";
export type { Draft } from "./draft-rows.ts";
export type { SessionNote } from "./note-rows.ts";
export { type OpenSessionsOptions, openSessions } from "./open-sessions.ts";
export type { PromptOptions } from "./prompt-rows.ts";
export type { CreateOptions, SessionDatabase } from "./session-database.ts";
export type { ListOptions, StoredSession } from "./session-list.ts";
export type { ForkOptions, SqliteContextStore } from "./sqlite-context-store.ts";
