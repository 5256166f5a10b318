import { randomUUID } from "node:crypto";
import { AxioError, type Message } from "axio";
import type { Connection } from "./connection.ts";
import { sessionToJson, sessionToMarkdown } from "./export-session.ts";
import { assertPresentFormat } from "./migrate.ts";
import { type ListOptions, listSessions, type StoredSession, toStoredSession } from "./session-list.ts";
import { appendMessages, deleteSession, findSession, insertSession, readMessages } from "./session-rows.ts";
import { SqliteContextStore } from "./sqlite-context-store.ts";
import { encodeMessages } from "./stored-message.ts";

/** The sessions of one file. All calls of one object run in their order. Made by `openSessions()`. */
export class SessionDatabase implements AsyncDisposable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The file. */
  get path(): string {
    return this.#connection.path;
  }

  /**
   * Begins a session.
   *
   * @param messages The messages to begin with. Default: none.
   */
  async create(messages: readonly Message[] = []): Promise<SqliteContextStore> {
    const id = randomUUID();
    const stored = encodeMessages(messages);
    await this.#connection.write((transaction) => {
      assertPresentFormat(transaction, this.path);
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
   * A session that is there.
   *
   * @throws AxioError `invalid-argument` where there is none of this id.
   */
  async open(id: string): Promise<SqliteContextStore> {
    await this.#connection.read((transaction) => findSession(transaction, id, this.path));
    return new SqliteContextStore(this.#connection, id);
  }

  /**
   * The sessions that hold messages, those last changed first; with `search`, those in which one message holds all words.
   *
   * @throws AxioError `invalid-argument` where the limit is no number of sessions.
   */
  async list(options: ListOptions = {}): Promise<readonly StoredSession[]> {
    const { limit = 0 } = options;
    if (!Number.isSafeInteger(limit) || limit < 0)
      throw new AxioError(
        "invalid-argument",
        `The limit of a list is a whole number from 0 on, not ${limit}.`,
      );
    return this.#connection.read((transaction) => listSessions(transaction, options));
  }

  /**
   * Deletes a session. Its forks stay, whole. What no fork holds is overwritten in the file, whose space is used again.
   *
   * @throws AxioError `invalid-argument` where there is none of this id.
   */
  async delete(id: string): Promise<void> {
    await this.#connection.write((transaction) => {
      assertPresentFormat(transaction, this.path);
      deleteSession(transaction, findSession(transaction, id, this.path).number);
    });
  }

  /**
   * A session as JSON, lossless: `create(parseMessages(JSON.parse(text).messages))` makes a session of it again.
   *
   * @throws AxioError `invalid-argument` where there is none of this id.
   */
  async exportJson(id: string): Promise<string> {
    return sessionToJson(...(await this.#whole(id)));
  }

  /**
   * A session as Markdown, to read and to pass on. Images and files are named, not shown.
   *
   * @throws AxioError `invalid-argument` where there is none of this id.
   */
  async exportMarkdown(id: string): Promise<string> {
    return sessionToMarkdown(...(await this.#whole(id)));
  }

  /** Ends what is under way, and closes the file. The sessions of this object cannot be used any more. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #whole(id: string): Promise<[StoredSession, readonly Message[]]> {
    return this.#connection.read((transaction) => {
      const session = findSession(transaction, id, this.path);
      const { messages } = readMessages(transaction, session, Number.MIN_SAFE_INTEGER);
      return [toStoredSession(session), messages];
    });
  }
}
