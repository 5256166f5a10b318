import type { JsonValue } from "axio";
import type { Transaction } from "./connection.ts";
import { nextPosition } from "./session-rows.ts";

/** Data of the app, stored with a session. The model does not see it. */
export interface SessionNote {
  readonly key: string;
  /** How many messages the history had before it. */
  readonly index: number;
  readonly value: JsonValue;
}

/** Stores a note at the end of the history. An existing note of the same key keeps its place. */
export function writeNote(transaction: Transaction, session: number, key: string, value: JsonValue): void {
  transaction.run(
    `INSERT INTO note (session, key, position, json) VALUES (?, ?, ?, ?)
     ON CONFLICT (session, key) DO UPDATE SET json = excluded.json`,
    session,
    key,
    nextPosition(transaction, session),
    JSON.stringify(value),
  );
}

/** Reads the notes of a session, oldest first. */
export function readNotes(transaction: Transaction, session: number): readonly SessionNote[] {
  return transaction
    .rows(
      `SELECT key, json,
         (SELECT count(*) FROM message WHERE message.session = note.session AND message.position < note.position) AS before
       FROM note WHERE session = ? ORDER BY position, key`,
      session,
    )
    .map((row) => ({
      key: String(row["key"]),
      index: Number(row["before"]),
      value: JSON.parse(String(row["json"])) as JsonValue,
    }));
}
