import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { AxioError } from "axio";
import type Libsql from "libsql";
import { isBusy, toAxioError } from "./sqlite-error.ts";

/** A value that SQLite keeps. */
export type SqlValue = string | number | null;

/** A row, by column. */
export type Row = Readonly<Record<string, SqlValue>>;

/** What one transaction can do. */
export interface Transaction {
  /** All rows of a statement. */
  rows(sql: string, ...values: readonly SqlValue[]): readonly Row[];
  /** Runs a statement; gives the row number of what it inserted. */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** Runs several statements without values. */
  script(sql: string): void;
}

// How long the call itself may wait for a lock: the event loop stands still meanwhile.
const BLOCKING_WAIT_MS = 10;
const LONGEST_PAUSE_MS = 25;
const PATIENCE_MS = 15_000;
// As large as SQLite's own limit, of a thousand pages.
const LOG_LIMIT_BYTES = 4_096_000;
const CHECKPOINT_WAIT_MS = 1_000;

/**
 * One open file. Its transactions run one after the other, in the order of the calls; where another process is writing,
 * they wait without holding up the event loop.
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
    // Without checkpoints by themselves: see #trimLog().
    database.exec(
      `PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}; PRAGMA wal_autocheckpoint = 0;
       PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON`,
    );
  }

  /** Reads one state of the file. */
  read<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(() => this.#transact("BEGIN", work));
  }

  /** Writes all or nothing. On return it is on the disk. */
  write<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(() => {
      const result = this.#transact("BEGIN IMMEDIATE", work);
      this.#trimLog(LOG_LIMIT_BYTES);
      return result;
    });
  }

  /** Runs statements outside a transaction, for what SQLite refuses inside one. */
  execute(sql: string): Promise<void> {
    return this.#enqueue(() => {
      this.#database.exec(sql);
    });
  }

  /** Ends what is under way, and closes. A second call does nothing. */
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
      const message = `The sessions in ${this.path} were closed. Open them again with openSessions().`;
      return Promise.reject(new AxioError("invalid-argument", message));
    }
    const result = this.#last.then(() => this.#patiently(work));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #patiently<T>(work: () => T): Promise<T> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > end) throw toAxioError(error, this.path);
      }
      // Of random length, so that processes that wait for each other do not meet again.
      await delay(Math.random() * LONGEST_PAUSE_MS);
    }
  }

  #transact<T>(begin: string, work: (transaction: Transaction) => T): T {
    this.#database.exec(begin);
    try {
      const result = work(this.#transaction);
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
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

  // Moves the log into the file once it has grown. SQLite up to 3.51.2 can lose pages when it checkpoints in its usual way
  // while another process starts the log anew (docs/decisions/0009-sqlite.md). TRUNCATE holds the lock of the writers
  // meanwhile, so that no other process can.
  #trimLog(limit: number): void {
    const size = statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= limit) return;
    try {
      this.#database.exec(`PRAGMA busy_timeout = ${CHECKPOINT_WAIT_MS}`);
      this.#database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
    } catch (error) {
      // What was to be stored is stored: it is read from the log until a later checkpoint succeeds.
      if (!isBusy(error)) throw error;
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}`);
    }
  }
}
