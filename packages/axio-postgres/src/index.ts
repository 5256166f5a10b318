export { type DatabaseOptions, PostgresDatabase } from "./database/database.ts";
export { type MigrationResult, migrate } from "./database/migrate.ts";
export type { ConnectionPool } from "./database/queries.ts";
export { type OpenPostgresOptions, openPostgres } from "./open-postgres.ts";
