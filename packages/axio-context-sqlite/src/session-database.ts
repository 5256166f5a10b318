/// <reference lib="esnext.disposable" preserve="true" />
import { randomUUID } from "node:crypto";
import { AxioError, type Message } from "axio";
import { encodeMessages, type StoredSession, toStoredSession } from "axio/internal";
import { ChangeWatch } from "./change-watch.ts";
import type { Connection, Transaction } from "./connection.ts";
import { type Draft, takeDraft, writeDraft } from "./draft-rows.ts";
import { sessionToJson, sessionToMarkdown } from "./export-session.ts";
import { abandonedSteps, recoverSteps } from "./journal-rows.ts";
import { assertCurrentFormat } from "./migrate.ts";
import { claimOwner, releaseOwner } from "./owner.ts";
import { insertPrompt, type PromptOptions, readPrompts } from "./prompt-rows.ts";
import { deleteRuns } from "./run-rows.ts";
import { type ListOptions, listSessions } from "./session-list.ts";
import { appendMessages, deleteSession, findSession, insertSession, readMessages } from "./session-rows.ts";
import { SqliteContextStore } from "./sqlite-context-store.ts";
import { SqliteEventLog } from "./sqlite-event-log.ts";
import { SqliteRunStore } from "./sqlite-run-store.ts";

/** Options of `SessionDatabase.create()`. */
export interface CreateOptions {
  /** Where the session begins, for `list()`. Default: unknown. */
  readonly directory?: string | undefined;
}

/** The sessions of one file, opened by `openSessions()`. Calls run in order. */
export class SessionDatabase implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #owner = claimOwner();
  /** The durable runs of the file, for `axio-durable`. */
  readonly runs: SqliteRunStore;
  /** The events of the durable runs. */
  readonly events: SqliteEventLog;

  constructor(connection: Connection) {
    this.#connection = connection;
    const watch = new ChangeWatch(connection);
    this.runs = new SqliteRunStore(connection, watch);
    this.events = new SqliteEventLog(connection, watch);
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
  async create(
    messages: readonly Message[] = [],
    { directory }: CreateOptions = {},
  ): Promise<SqliteContextStore> {
    const id = randomUUID();
    const stored = encodeMessages(messages);
    await this.#write((transaction) => {
      const now = Date.now();
      insertSession(transaction, { id, now, directory });
      if (stored.length === 0) return;
      appendMessages(transaction, findSession(transaction, id, this.path), stored, { now });
    });
    return new SqliteContextStore(this.#connection, { id, directory, owner: this.#owner });
  }

  /**
   * Opens an existing session.
   *
   * @throws AxioError `invalid-argument` if the session does not exist.
   */
  async open(id: string): Promise<SqliteContextStore> {
    await this.recoverInterrupted();
    const { directory } = await this.#connection.read((transaction) =>
      findSession(transaction, id, this.path),
    );
    return new SqliteContextStore(this.#connection, { id, directory, owner: this.#owner });
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
    await this.recoverInterrupted();
    return this.#connection.read((transaction) => listSessions(transaction, options));
  }

  /**
   * Deletes a session and its durable runs, but not its forks. Content that no fork shares is overwritten in the file.
   *
   * @throws AxioError `invalid-argument` if the session does not exist.
   */
  async delete(id: string): Promise<void> {
    await this.#write((transaction) => {
      deleteSession(transaction, findSession(transaction, id, this.path).number);
      deleteRuns(transaction, { conversationId: id });
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

  /**
   * Stores a prompt in the prompt history. It is on the disk when the promise resolves. The newest 5,000 are kept.
   *
   * @param directory The directory in which it was sent.
   */
  async addPrompt(text: string, directory: string): Promise<void> {
    await this.#write((transaction) => insertPrompt(transaction, text, directory));
  }

  /** Returns the prompts of all processes, oldest first. */
  prompts(options: PromptOptions = {}): Promise<readonly string[]> {
    return this.#connection.read((transaction) => readPrompts(transaction, options));
  }

  /** Replaces the draft of this process. It is on the disk when the promise resolves. */
  async saveDraft(draft: Draft, directory: string): Promise<void> {
    await this.#write((transaction) =>
      writeDraft(transaction, { owner: this.#owner, directory, draft, now: Date.now() }),
    );
  }

  /** Takes over the drafts of a directory whose processes no longer run, as the draft of this process. */
  takeDraft(directory: string): Promise<Draft | undefined> {
    return this.#write((transaction) =>
      takeDraft(transaction, { owner: this.#owner, directory, now: Date.now() }),
    );
  }

  /**
   * Adds the unfinished steps of processes that no longer run to their sessions. Opening the file, listing and opening sessions
   * do this, too.
   */
  async recoverInterrupted(): Promise<void> {
    const abandoned = await this.#connection.read(abandonedSteps);
    if (abandoned.length > 0) await this.#write((transaction) => recoverSteps(transaction, this.path));
  }

  /** Waits for pending calls and closes the file. Its sessions can no longer be used. */
  async close(): Promise<void> {
    await this.#connection.close();
    releaseOwner(this.#owner);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #write<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#connection.write((transaction) => {
      assertCurrentFormat(transaction, this.path);
      return work(transaction);
    });
  }

  #readSession(id: string): Promise<[StoredSession, readonly Message[]]> {
    return this.#connection.read((transaction) => {
      const session = findSession(transaction, id, this.path);
      const { messages } = readMessages(transaction, session, Number.MIN_SAFE_INTEGER);
      return [toStoredSession(session), messages];
    });
  }
}
