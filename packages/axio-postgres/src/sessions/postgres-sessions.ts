import { AxioError, type Message } from "axio";
import { encodeMessages, type StoredSession } from "axio/internal";
import type { PostgresDatabase } from "../database/database.ts";
import { PostgresEventLog } from "../runs/postgres-event-log.ts";
import { PostgresRunStore } from "../runs/postgres-run-store.ts";
import { deleteRuns } from "../runs/run-rows.ts";
import { PostgresContextStore } from "./postgres-context-store.ts";
import { type ListOptions, listSessions } from "./session-list.ts";
import {
  appendMessages,
  deleteSession,
  findSession,
  insertSession,
  lockSession,
  toSessionRow,
} from "./session-rows.ts";
import { timeOrderedId } from "./time-ordered-id.ts";

/** Options of {@link PostgresSessions}. */
export interface PostgresSessionsOptions {
  /** The tenant: its sessions are seen by stores of the same space only. Default: `""`. */
  readonly space?: string | undefined;
}

/** Options of `PostgresSessions.create()`. */
export interface CreateOptions {
  /** Where the session begins, for `list()`. Default: unknown. */
  readonly directory?: string | undefined;
}

/** How many sessions a transaction of `deleteOlderThan()` deletes. */
const DELETED_AT_ONCE = 100;

/**
 * The sessions of one space of a database, and their durable runs: the `store` of a `DurableAgent` of `axio-durable`.
 *
 * @example
 * ```ts
 * import { openPostgres, PostgresSessions } from "axio-postgres";
 *
 * const database = await openPostgres({ connection: "postgres://axio:secret@db.example.com/axio" });
 * const sessions = new PostgresSessions(database);
 * const latest = await sessions.list({ limit: 10 });
 * const failed = await sessions.runs.list({ status: ["failed"] });
 * ```
 */
export class PostgresSessions {
  /** The durable runs of the space, for `axio-durable`. */
  readonly runs: PostgresRunStore;
  /** The events of the durable runs. */
  readonly events: PostgresEventLog;
  readonly #database: PostgresDatabase;
  readonly #space: string;

  constructor(database: PostgresDatabase, { space = "" }: PostgresSessionsOptions = {}) {
    this.#database = database;
    this.#space = space;
    this.runs = new PostgresRunStore(database, { space });
    this.events = new PostgresEventLog(database, { space });
  }

  /**
   * Creates a session.
   *
   * @param messages The initial messages. Default: none.
   */
  async create(
    messages: readonly Message[] = [],
    { directory }: CreateOptions = {},
  ): Promise<PostgresContextStore> {
    const key = this.#key(timeOrderedId());
    const stored = encodeMessages(messages);
    await this.#database.transaction(async (sql) => {
      await insertSession(sql, key, { directory });
      if (stored.length > 0) await appendMessages(sql, key, stored);
    });
    return new PostgresContextStore(this.#database, key);
  }

  /**
   * Opens an existing session.
   *
   * @throws AxioError `invalid-argument` if this space has no such session.
   */
  async open(id: string): Promise<PostgresContextStore> {
    const { space } = await this.#database.query((sql) => findSession(sql, this.#key(id)));
    return new PostgresContextStore(this.#database, { space, id });
  }

  /**
   * Lists the sessions that have messages, most recently changed first.
   *
   * @throws AxioError `invalid-argument` if the limit is not a non-negative integer.
   */
  async list(options: ListOptions = {}): Promise<readonly StoredSession[]> {
    const { limit = 0 } = options;
    if (!Number.isSafeInteger(limit) || limit < 0)
      throw new AxioError("invalid-argument", `The limit is ${limit}. Use an integer from 0 on.`);
    return this.#database.query((sql) => listSessions(sql, this.#space, options));
  }

  /**
   * Deletes a session with its runs, but not its forks, and the messages that no other session shares.
   *
   * @throws AxioError `invalid-argument` if this space has no such session.
   */
  async delete(id: string): Promise<void> {
    await this.#database.transaction(async (sql) => {
      await deleteSession(sql, await lockSession(sql, this.#key(id)));
      await deleteRuns(sql, this.#space, { conversationId: id });
    });
  }

  /**
   * Deletes the sessions that were not changed for a time, with their runs, a hundred in each transaction. Any machine may call it.
   *
   * @returns How many were deleted.
   * @throws AxioError `invalid-argument` if the age is not a non-negative number.
   */
  async deleteOlderThan(ageMs: number): Promise<number> {
    if (!Number.isFinite(ageMs) || ageMs < 0)
      throw new AxioError("invalid-argument", `The age is ${ageMs}. Use milliseconds, from 0 on.`);
    for (let deleted = 0; ; ) {
      const count = await this.#database.transaction(async (sql) => {
        // Sessions that others use or delete at the moment are left to them.
        const rows = await sql`
          SELECT * FROM axio.session
          WHERE space = ${this.#space} AND updated_at < now() - ${ageMs} * interval '1 millisecond'
          ORDER BY id LIMIT ${DELETED_AT_ONCE} FOR UPDATE SKIP LOCKED`;
        for (const row of rows) {
          const session = toSessionRow(row);
          await deleteSession(sql, session);
          await deleteRuns(sql, this.#space, { conversationId: session.id });
        }
        return rows.length;
      });
      deleted += count;
      if (count < DELETED_AT_ONCE) return deleted;
    }
  }

  #key(id: string): { readonly space: string; readonly id: string } {
    return { space: this.#space, id };
  }
}
