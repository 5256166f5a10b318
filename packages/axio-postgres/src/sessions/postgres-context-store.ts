import {
  type AppendInfo,
  AxioError,
  assertHead,
  type ContextHead,
  type ContextStore,
  type Message,
} from "axio";
import {
  type CachedHistory,
  encodeMessages,
  extendHistory,
  type ForkOptions,
  NO_HISTORY,
} from "axio/internal";
import type { PostgresDatabase } from "../database/database.ts";
import type { Queries } from "../database/queries.ts";
import {
  appendMessages,
  copySession,
  findSession,
  lockSession,
  readHistory,
  replaceMessages,
  type SessionKey,
  type SessionRow,
} from "./session-rows.ts";
import { timeOrderedId } from "./time-ordered-id.ts";

/**
 * A conversation in a database. Other machines may use it at the same time: the next call sees their messages, and the messages
 * of one `append()` stay together.
 */
export class PostgresContextStore implements ContextStore {
  /** A random UUID. */
  readonly id: string;
  readonly #database: PostgresDatabase;
  readonly #key: SessionKey;
  #cache: CachedHistory = NO_HISTORY;

  /** @internal Use `create()` and `open()` of `PostgresSessions`. */
  constructor(database: PostgresDatabase, key: SessionKey) {
    this.id = key.id;
    this.#database = database;
    this.#key = key;
  }

  /**
   * Appends messages, all or none. They are on the database's disk when the promise resolves.
   *
   * @throws AxioError `invalid-argument` if a message is invalid; `store-conflict` if the conversation does not end as
   *   expected. Nothing is stored.
   */
  async append(messages: readonly Message[], info: AppendInfo = {}): Promise<void> {
    const stored = encodeMessages(messages);
    await this.#database.query(async (sql) => {
      while (!(await appendMessages(sql, this.#key, stored, info)))
        assertHead(headOf(await findSession(sql, this.#key)), info.expect);
    });
  }

  async head(): Promise<ContextHead> {
    return headOf(await this.#find());
  }

  async history(): Promise<readonly Message[]> {
    const known = this.#cache;
    const read = await this.#database.query((sql) => readHistory(sql, this.#key, known));
    const cache = extendHistory(known, read);
    this.#cache = cache;
    return cache.messages;
  }

  /** Creates a conversation that starts with the same messages, without storing them again. */
  async fork({ count = Number.MAX_SAFE_INTEGER }: ForkOptions = {}): Promise<PostgresContextStore> {
    const id = timeOrderedId();
    await this.#write((sql, session) => copySession(sql, session, { id, count }));
    return new PostgresContextStore(this.#database, { ...this.#key, id });
  }

  async clear(): Promise<void> {
    await this.#write((sql, session) => replaceMessages(sql, session, [], session.count));
  }

  async compact(replacement: readonly Message[], count: number): Promise<void> {
    const stored = encodeMessages(replacement);
    await this.#write((sql, session) => {
      if (!Number.isInteger(count) || count < 0 || count > session.count)
        throw new AxioError(
          "invalid-argument",
          `Cannot replace ${count} messages: the history has ${session.count}.`,
        );
      return replaceMessages(sql, session, stored, count);
    });
  }

  /** Returns the tokens of the history: counted by the provider, or else estimated for each message. */
  async tokenCount(): Promise<number> {
    return (await this.#find()).tokens;
  }

  #find(): Promise<SessionRow> {
    return this.#database.query((sql) => findSession(sql, this.#key));
  }

  #write(work: (sql: Queries, session: SessionRow) => Promise<void>): Promise<void> {
    return this.#database.transaction(async (sql) => work(sql, await lockSession(sql, this.#key)));
  }
}

function headOf({ generation, end }: SessionRow): ContextHead {
  return { generation, position: end - 1 };
}
