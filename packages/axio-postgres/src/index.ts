export type { ForkOptions, StoredSession } from "axio/internal";
export { fixedKeys, type KeyProvider, keysFromEnvironment, type StoreKey } from "./credentials/keys.ts";
export {
  PostgresCredentialStore,
  type PostgresCredentialStoreOptions,
} from "./credentials/postgres-credential-store.ts";
export type { Encryption } from "./credentials/seal.ts";
export { PostgresDatabase } from "./database/database.ts";
export { type MigrationResult, migrate } from "./database/migrate.ts";
export type { DatabaseOptions } from "./database/pool.ts";
export type { ConnectionPool, Queries, Row } from "./database/queries.ts";
export type { AccountLimits, DayUsage } from "./limits/limit-rows.ts";
export { PostgresLimits, type PostgresLimitsOptions } from "./limits/postgres-limits.ts";
export { type OpenPostgresOptions, openPostgres } from "./open-postgres.ts";
export { PostgresEventLog } from "./runs/postgres-event-log.ts";
export { PostgresRunStore, type PostgresRunsOptions } from "./runs/postgres-run-store.ts";
export { PostgresContextStore } from "./sessions/postgres-context-store.ts";
export {
  type CreateOptions,
  PostgresSessions,
  type PostgresSessionsOptions,
} from "./sessions/postgres-sessions.ts";
export type { ListOptions } from "./sessions/session-list.ts";
