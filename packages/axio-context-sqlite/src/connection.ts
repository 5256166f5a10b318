import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { AxioError } from "axio";
import type Libsql from "libsql";
import { isBusy, toAxioError } from "./sqlite-error.ts";

/** A value in a column. */
export type SqlValue = string | number | null;

/** A row by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

/** The operations of one transaction. */
export interface Transaction {
  /** Returns all rows of a statement. */
  rows(sql: string, ...values: readonly SqlValue[]): readonly Row[];
  /** Runs a statement. Returns the id of the inserted row. */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** Runs several statements without parameters. */
  script(sql: string): void;
}

// How long SQLite itself waits for a lock, which blocks the event loop.
const BLOCKING_WAIT_MS = 10;
const MAX_RETRY_DELAY_MS = 25;
const LOCK_TIMEOUT_MS = 15_000;
// Like SQLite's own limit of 1,000 pages.
const LOG_LIMIT_BYTES = 4_096_000;
const CHECKPOINT_WAIT_MS = 1_000;

/**
 * An open file. Transactions run in the order of the calls. While another process is writing, they wait without blocking the
 * event loop.
 */
export class Connection {
  readonly path: string;
  readonly #database: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement>();
  readonly #transaction: Transaction;
  #last: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  constructor(path: string, database: Libsql.Database) {
    this.path = path;
    this.#database = database;
    this.#transaction = {
      rows: (sql, ...values) => this.#statement(sql).all(...values) as readonly Row[],
      run: (sql, ...values) => Number(this.#statement(sql).run(...values).lastInsertRowid),
      script: (sql) => {
        database.exec(sql);
      },
    };
    // Automatic checkpoints are off: see #trimLog(). The schema may be that of a stranger.
    database.exec(
      `PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}; PRAGMA wal_autocheckpoint = 0;
       PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
       PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON`,
    );
  }

  /** Runs a read transaction. */
  read<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(() => this.#transact("BEGIN", work));
  }

  /** Runs a write transaction. The data is on the disk when the promise resolves. */
  write<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(() => {
      const result = this.#transact("BEGIN IMMEDIATE", work);
      this.#trimLog(LOG_LIMIT_BYTES);
      return result;
    });
  }

  /** Runs statements that SQLite does not allow in a transaction. */
  execute(sql: string): Promise<void> {
    return this.#enqueue(() => {
      this.#database.exec(sql);
    });
  }

  /** Closes the file after pending transactions. Later calls do nothing. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    const closed = this.#enqueue(() => {
      this.#statements.clear();
      try {
        this.#trimLog(0);
      } finally {
        this.#database.close();
      }
    });
    this.#isOpen = false;
    await closed;
  }

  #enqueue<T>(work: () => T): Promise<T> {
    if (!this.#isOpen) {
      const message = `The session file ${this.path} is closed. Open it again with openSessions().`;
      return Promise.reject(new AxioError("invalid-argument", message));
    }
    const result = this.#last.then(() => this.#retryWhileBusy(work));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #retryWhileBusy<T>(work: () => T): Promise<T> {
    const deadline = performance.now() + LOCK_TIMEOUT_MS;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw toAxioError(error, this.path);
      }
      // A random delay, so that waiting processes do not collide again.
      await delay(Math.random() * MAX_RETRY_DELAY_MS);
    }
  }

  #transact<T>(begin: string, work: (transaction: Transaction) => T): T {
    this.#database.exec(begin);
    try {
      const result = work(this.#transaction);
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      // After some errors, such as a full disk, SQLite has already rolled back.
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #statement(sql: string): Libsql.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  // Checkpoints the log when it has grown. Up to version 3.51.2, SQLite's automatic checkpoint can lose pages while another
  // process restarts the log (docs/decisions/0009-sqlite.md). TRUNCATE prevents that: it holds the write lock.
  #trimLog(limit: number): void {
    const size = statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= limit) return;
    try {
      this.#database.exec(`PRAGMA busy_timeout = ${CHECKPOINT_WAIT_MS}`);
      this.#database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
    } catch (error) {
      // The data is in the log, which is read until a later checkpoint succeeds.
      if (!isBusy(error)) throw error;
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}`);
    }
  }
}
