import { randomUUID } from "node:crypto";
import {
  type AppendInfo,
  AxioError,
  assertHead,
  type ContextHead,
  type ContextStore,
  type JsonValue,
  type Message,
} from "axio";
import {
  type CachedHistory,
  encodeMessages,
  extendHistory,
  type ForkOptions,
  knownHistory,
  NO_HISTORY,
} from "axio/internal";
import type { Connection, Transaction } from "./connection.ts";
import { clearJournal, writeJournal } from "./journal-rows.ts";
import { assertCurrentFormat } from "./migrate.ts";
import { readNotes, type SessionNote, writeNote } from "./note-rows.ts";
import {
  appendMessages,
  clearMessages,
  copySession,
  findSession,
  nextPosition,
  readMessages,
  replaceMessages,
  type SessionRow,
} from "./session-rows.ts";

/**
 * A conversation in a session file. Other processes may use it at the same time: the next call sees their messages, and the
 * messages of one `append()` stay together.
 */
export class SqliteContextStore implements ContextStore {
  /** A random UUID. */
  readonly id: string;
  /** Where the session began; `undefined` if that is unknown. */
  readonly directory: string | undefined;
  readonly #connection: Connection;
  readonly #owner: string;
  #cache: CachedHistory = NO_HISTORY;
  /** The messages of the last checkpoint. */
  #journal: readonly Message[] = [];

  /** @internal Use `create()` and `open()` of `SessionDatabase`. */
  constructor(
    connection: Connection,
    {
      id,
      directory,
      owner,
    }: { readonly id: string; readonly directory: string | undefined; readonly owner: string },
  ) {
    this.id = id;
    this.directory = directory;
    this.#connection = connection;
    this.#owner = owner;
  }

  /**
   * Appends messages, all or none. They are on the disk when the promise resolves.
   *
   * @throws AxioError `invalid-argument` if a message is invalid; `store-conflict` if the session does not end as expected. Nothing
   * is stored.
   */
  async append(messages: readonly Message[], info?: AppendInfo): Promise<void> {
    const stored = encodeMessages(messages);
    await this.#write((transaction, session) => {
      assertHead(headOf(transaction, session), info?.expect);
      clearJournal(transaction, session.number, this.#owner);
      this.#journal = [];
      appendMessages(transaction, session, stored, { now: Date.now(), contextTokens: info?.contextTokens });
    });
  }

  /**
   * Stores the messages to keep if this process ends before the next `append()`, instead of earlier ones. They are not part of
   * the history until then: the next process that opens the file appends them.
   *
   * @throws AxioError `invalid-argument` if a message is invalid.
   */
  async checkpoint(messages: readonly Message[]): Promise<void> {
    try {
      await this.#write((transaction, session) => {
        // The prompt, which may have pictures, is the same object in each checkpoint of a step: it is written once.
        const differs = messages.findIndex((message, index) => message !== this.#journal[index]);
        const start = differs < 0 ? messages.length : differs;
        writeJournal(transaction, session.number, {
          owner: this.#owner,
          now: Date.now(),
          start,
          messages: encodeMessages(messages.slice(start)),
        });
        this.#journal = messages;
      });
    } catch (error) {
      this.#journal = [];
      throw error;
    }
  }

  /** Where the session ends, for `append()` with `expect`. */
  head(): Promise<ContextHead> {
    return this.#connection.read((transaction) =>
      headOf(transaction, findSession(transaction, this.id, this.#connection.path)),
    );
  }

  async history(): Promise<readonly Message[]> {
    return this.#connection.read((transaction) => {
      const session = findSession(transaction, this.id, this.#connection.path);
      const { generation } = session;
      const { position } = knownHistory(this.#cache, generation);
      this.#cache = extendHistory(this.#cache, {
        generation,
        ...readMessages(transaction, session, position),
      });
      return this.#cache.messages;
    });
  }

  /** Creates a conversation that starts with the same messages and notes, without storing them again. */
  async fork({ count = Number.MAX_SAFE_INTEGER }: ForkOptions = {}): Promise<SqliteContextStore> {
    const id = randomUUID();
    await this.#write((transaction, session) =>
      copySession(transaction, session, { id, now: Date.now(), count }),
    );
    return new SqliteContextStore(this.#connection, { id, directory: this.directory, owner: this.#owner });
  }

  /**
   * Stores data with the session, which the model does not see. A new note belongs to the end of the history; an existing one
   * of the same key keeps its place.
   */
  async setNote(key: string, value: JsonValue): Promise<void> {
    await this.#write((transaction, session) => writeNote(transaction, session.number, key, value));
  }

  /** Returns the notes, oldest first. */
  notes(): Promise<readonly SessionNote[]> {
    return this.#connection.read((transaction) =>
      readNotes(transaction, findSession(transaction, this.id, this.#connection.path).number),
    );
  }

  async clear(): Promise<void> {
    await this.#write((transaction, session) => {
      this.#journal = [];
      clearMessages(transaction, session, Date.now());
    });
  }

  async compact(replacement: readonly Message[], count: number): Promise<void> {
    const stored = encodeMessages(replacement);
    await this.#write((transaction, session) => {
      if (!Number.isInteger(count) || count < 0 || count > session.count) {
        throw new AxioError(
          "invalid-argument",
          `Cannot replace ${count} messages: the history has ${session.count}.`,
        );
      }
      replaceMessages(transaction, session, stored, { now: Date.now(), count });
    });
  }

  /** Returns the tokens of the history: counted by the provider, or else estimated for each message. */
  async tokenCount(): Promise<number> {
    return this.#connection.read(
      (transaction) => findSession(transaction, this.id, this.#connection.path).tokens,
    );
  }

  async #write(work: (transaction: Transaction, session: SessionRow) => void): Promise<void> {
    const { path } = this.#connection;
    await this.#connection.write((transaction) => {
      assertCurrentFormat(transaction, path);
      work(transaction, findSession(transaction, this.id, path));
    });
  }
}

function headOf(transaction: Transaction, { number, generation }: SessionRow): ContextHead {
  return { generation, position: nextPosition(transaction, number) - 1 };
}
