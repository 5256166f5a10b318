import { randomUUID } from "node:crypto";
import { AxioError, type Message } from "axio";
import type { Connection } from "./connection.ts";
import { sessionToJson, sessionToMarkdown } from "./export-session.ts";
import { assertCurrentFormat } from "./migrate.ts";
import { type ListOptions, listSessions, type StoredSession, toStoredSession } from "./session-list.ts";
import { appendMessages, deleteSession, findSession, insertSession, readMessages } from "./session-rows.ts";
import { SqliteContextStore } from "./sqlite-context-store.ts";
import { encodeMessages } from "./stored-message.ts";

/** The sessions of one file, opened by `openSessions()`. Calls run in order. */
export class SessionDatabase implements AsyncDisposable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The path of the file. */
  get path(): string {
    return this.#connection.path;
  }

  /**
   * Creates a session.
   *
   * @param messages The initial messages. Default: none.
   */
  async create(messages: readonly Message[] = []): Promise<SqliteContextStore> {
    const id = randomUUID();
    const stored = encodeMessages(messages);
    await this.#connection.write((transaction) => {
      assertCurrentFormat(transaction, this.path);
      const now = Date.now();
      insertSession(transaction, id, now);
      if (stored.length === 0) return;
      appendMessages(transaction, findSession(transaction, id, this.path), stored, {
        now,
        contextTokens: undefined,
      });
    });
    return new SqliteContextStore(this.#connection, id);
  }

  /**
   * Opens an existing session.
   *
   * @throws AxioError `invalid-argument` if the session does not exist.
   */
  async open(id: string): Promise<SqliteContextStore> {
    await this.#connection.read((transaction) => findSession(transaction, id, this.path));
    return new SqliteContextStore(this.#connection, id);
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
    return this.#connection.read((transaction) => listSessions(transaction, options));
  }

  /**
   * Deletes a session, but not its forks. Content that no fork shares is overwritten in the file.
   *
   * @throws AxioError `invalid-argument` if the session does not exist.
   */
  async delete(id: string): Promise<void> {
    await this.#connection.write((transaction) => {
      assertCurrentFormat(transaction, this.path);
      deleteSession(transaction, findSession(transaction, id, this.path).number);
    });
  }

  /**
   * Exports a session as JSON, without loss. `create(parseMessages(JSON.parse(text).messages))` imports it.
   *
   * @throws AxioError `invalid-argument` if the session does not exist.
   */
  async exportJson(id: string): Promise<string> {
    return sessionToJson(...(await this.#readSession(id)));
  }

  /**
   * Exports a session as Markdown. Images and files are only named.
   *
   * @throws AxioError `invalid-argument` if the session does not exist.
   */
  async exportMarkdown(id: string): Promise<string> {
    return sessionToMarkdown(...(await this.#readSession(id)));
  }

  /** Waits for pending calls and closes the file. Its sessions can no longer be used. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #readSession(id: string): Promise<[StoredSession, readonly Message[]]> {
    return this.#connection.read((transaction) => {
      const session = findSession(transaction, id, this.path);
      const { messages } = readMessages(transaction, session, Number.MIN_SAFE_INTEGER);
      return [toStoredSession(session), messages];
    });
  }
}
