import { chunkAfter, type EventChunk, type EventLog, type ReadEventsOptions } from "axio/runs";
import type { ChangeWatch } from "./change-watch.ts";
import type { Connection } from "./connection.ts";

/** The events of the durable runs of a session file. */
export class SqliteEventLog implements EventLog {
  readonly #connection: Connection;
  readonly #watch: ChangeWatch;

  /** @internal Use `SessionDatabase.events`. */
  constructor(connection: Connection, watch: ChangeWatch) {
    this.#connection = connection;
    this.#watch = watch;
  }

  /**
   * Appends chunks. They are on the disk when it resolves: after a crash of the machine, a reader could not be told to discard
   * what it has seen and the file has lost.
   */
  async append(chunks: readonly EventChunk[]): Promise<void> {
    await this.#connection.write((transaction) => {
      for (const { runId, epoch, firstSeq, events } of chunks)
        transaction.run(
          `INSERT OR IGNORE INTO event_chunk (run, epoch, first_seq, last_seq, stored_at, events)
           SELECT number, epoch, ?, ?, ?, ? FROM run WHERE id = ? AND epoch = ?`,
          firstSeq,
          firstSeq + events.length - 1,
          Date.now(),
          JSON.stringify(events),
          runId,
          epoch,
        );
    });
    this.#watch.notify([...new Set(chunks.map(({ runId }) => topicOf(runId)))]);
  }

  async read(runId: string, { after, limit = 100 }: ReadEventsOptions = {}): Promise<readonly EventChunk[]> {
    const { epoch = 0, seq = 0 } = after ?? {};
    const rows = await this.#connection.read((transaction) =>
      transaction.rows(
        `SELECT event_chunk.epoch, first_seq, events FROM event_chunk JOIN run ON run.number = event_chunk.run
         WHERE run.id = ?1 AND (event_chunk.epoch > ?2 OR (event_chunk.epoch = ?2 AND last_seq > ?3))
         ORDER BY event_chunk.epoch, first_seq LIMIT ?4`,
        runId,
        epoch,
        seq,
        limit,
      ),
    );
    return rows.flatMap((row) => {
      const events = JSON.parse(String(row["events"])) as readonly string[];
      const chunk = { runId, epoch: Number(row["epoch"]), firstSeq: Number(row["first_seq"]), events };
      return chunkAfter(chunk, after) ?? [];
    });
  }

  follow(runId: string, onChange: () => void): () => void {
    return this.#watch.follow(topicOf(runId), onChange);
  }

  prune(before: number): Promise<number> {
    return this.#connection.write((transaction) => {
      const [row] = transaction.rows("SELECT count(*) AS count FROM event_chunk WHERE stored_at < ?", before);
      transaction.run("DELETE FROM event_chunk WHERE stored_at < ?", before);
      return Number(row?.["count"] ?? 0);
    });
  }
}

function topicOf(runId: string): string {
  return `events ${runId}`;
}
