import { randomUUID } from "node:crypto";
import { type AppendInfo, AxioError, type ContextStore, type Message, type SessionSummary } from "axio";
import type { Connection, Transaction } from "./connection.ts";
import { assertPresentFormat } from "./migrate.ts";
import { summarizeSessions } from "./session-list.ts";
import {
  appendMessages,
  clearMessages,
  copySession,
  findSession,
  readMessages,
  replaceMessages,
  type SessionRow,
} from "./session-rows.ts";
import { encodeMessages } from "./stored-message.ts";

// Positions may be negative after a compaction.
const BEFORE_ALL: number = Number.MIN_SAFE_INTEGER;

/** The beginning of a history that was read. Good as long as the session's generation is the same. */
interface ReadHistory {
  readonly generation: number;
  readonly messages: readonly Message[];
  /** The position of the last of them. */
  readonly position: number;
}

const NOTHING_READ: ReadHistory = { generation: -1, messages: [], position: BEFORE_ALL };

/**
 * A conversation in a file. Other processes may have it open, too: what they append is seen by the next call, and of two
 * that append at the same time each one's messages stay together.
 */
export class SqliteContextStore implements ContextStore {
  /** Names the conversation: a random UUID. */
  readonly id: string;
  readonly #connection: Connection;
  #read: ReadHistory = NOTHING_READ;

  /** Use `create()` and `open()` of a `SessionDatabase`. */
  constructor(connection: Connection, id: string) {
    this.#connection = connection;
    this.id = id;
  }

  /**
   * Adds messages at the end: all of them, or none. When it returns they are on the disk.
   *
   * @throws AxioError `invalid-argument` where something is no message; nothing is stored.
   */
  async append(messages: readonly Message[], info?: AppendInfo): Promise<void> {
    const stored = encodeMessages(messages);
    await this.#write((transaction, session) => {
      appendMessages(transaction, session, stored, { now: Date.now(), contextTokens: info?.contextTokens });
    });
  }

  async history(): Promise<readonly Message[]> {
    return this.#connection.read((transaction) => {
      const session = findSession(transaction, this.id, this.#connection.path);
      const known = this.#read.generation === session.generation ? this.#read : NOTHING_READ;
      const { messages, position } = readMessages(transaction, session, known.position);
      if (known === NOTHING_READ || messages.length > 0) {
        this.#read = {
          generation: session.generation,
          messages: [...known.messages, ...messages],
          position,
        };
      }
      return this.#read.messages;
    });
  }

  /** A conversation of its own that begins with the same messages. They are not stored again. */
  async fork(): Promise<SqliteContextStore> {
    const id = randomUUID();
    await this.#write((transaction, session) => copySession(transaction, session, id, Date.now()));
    return new SqliteContextStore(this.#connection, id);
  }

  async clear(): Promise<void> {
    await this.#write((transaction, session) => clearMessages(transaction, session, Date.now()));
  }

  async compact(replacement: readonly Message[], count: number): Promise<void> {
    const stored = encodeMessages(replacement);
    await this.#write((transaction, session) => {
      if (!Number.isInteger(count) || count < 0 || count > session.count) {
        throw new AxioError(
          "invalid-argument",
          `${count} messages cannot be replaced: the history has ${session.count}.`,
        );
      }
      replaceMessages(transaction, session, stored, { now: Date.now(), count });
    });
  }

  /** The tokens of the history: counted by the provider where it said so, else estimated message by message. */
  async tokenCount(): Promise<number> {
    return this.#connection.read(
      (transaction) => findSession(transaction, this.id, this.#connection.path).tokens,
    );
  }

  /** All conversations of the file, the newest first. */
  async listSessions(): Promise<readonly SessionSummary[]> {
    return this.#connection.read(summarizeSessions);
  }

  async #write(work: (transaction: Transaction, session: SessionRow) => void): Promise<void> {
    const { path } = this.#connection;
    await this.#connection.write((transaction) => {
      assertPresentFormat(transaction, path);
      work(transaction, findSession(transaction, this.id, path));
    });
  }
}
