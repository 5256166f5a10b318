import { chunkAfter, type EventChunk, type EventLog, type ReadEventsOptions } from "axio/runs";
import { CHANNEL, topicOf } from "../database/change-feed.ts";
import type { PostgresDatabase } from "../database/database.ts";
import type { PostgresRunsOptions } from "./postgres-run-store.ts";
import { timestamp } from "./run-rows.ts";

/** How many chunks a statement deletes. */
const PRUNED_AT_ONCE = 5_000;

/** The events of the durable runs of one space of a database. */
export class PostgresEventLog implements EventLog {
  readonly #database: PostgresDatabase;
  readonly #space: string;

  constructor(database: PostgresDatabase, { space = "" }: PostgresRunsOptions = {}) {
    this.#database = database;
    this.#space = space;
  }

  /**
   * Appends chunks in one statement with one notification. They are on the disk when it resolves, since a worker goes on after
   * a crash of the database, and its readers must not miss what was in between.
   */
  async append(chunks: readonly EventChunk[]): Promise<void> {
    const topics = [...new Set(chunks.map(({ runId }) => this.#topic(runId)))];
    const { changes } = this.#database;
    // The locks keep out claims, but no other changes of the runs: no chunk of a claim is stored after the next one.
    await this.#database.query((sql) =>
      sql.text(
        `WITH chunk AS (
           SELECT * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
             AS chunk (run, epoch, first_seq, last_seq, events)),
         held AS (
           SELECT id, epoch FROM axio.run WHERE space = $1
             AND (id, epoch) IN (SELECT run, epoch FROM chunk) ORDER BY id FOR KEY SHARE),
         stored AS (
           INSERT INTO axio.event_chunk (space, run, epoch, first_seq, last_seq, stored_at, events)
           SELECT $1, run, chunk.epoch, first_seq, last_seq, now(), events FROM chunk
           JOIN held ON held.id = chunk.run AND held.epoch = chunk.epoch
           ON CONFLICT DO NOTHING RETURNING 1)
         SELECT pg_notify('${CHANNEL}', $7) FROM stored LIMIT 1`,
        [
          this.#space,
          chunks.map(({ runId }) => runId),
          chunks.map(({ epoch }) => epoch),
          chunks.map(({ firstSeq }) => firstSeq),
          chunks.map(({ firstSeq, events }) => firstSeq + events.length - 1),
          chunks.map(({ events }) => JSON.stringify(events)),
          changes.payload(topics),
        ],
      ),
    );
    changes.tell(topics);
  }

  async read(runId: string, { after, limit = 100 }: ReadEventsOptions = {}): Promise<readonly EventChunk[]> {
    const { epoch = 0, seq = 0 } = after ?? {};
    // From the chunk that has the cursor, so that readers of long runs do not pass all that they have read.
    const rows = await this.#database.query(
      (sql) => sql`
        SELECT epoch, first_seq, events FROM axio.event_chunk
        WHERE space = ${this.#space} AND run = ${runId}
          AND (epoch, first_seq) >= (${epoch}::bigint, coalesce((
            SELECT max(first_seq) FROM axio.event_chunk WHERE space = ${this.#space} AND run = ${runId}
              AND epoch = ${epoch} AND first_seq <= ${seq}), 0))
          AND (epoch, last_seq) > (${epoch}::bigint, ${seq}::bigint)
        ORDER BY epoch, first_seq LIMIT ${limit}`,
    );
    return rows.flatMap((row) => {
      const events = JSON.parse(String(row["events"])) as readonly string[];
      const chunk = { runId, epoch: Number(row["epoch"]), firstSeq: Number(row["first_seq"]), events };
      return chunkAfter(chunk, after) ?? [];
    });
  }

  follow(runId: string, onChange: () => void): () => void {
    return this.#database.changes.follow(this.#topic(runId), onChange);
  }

  async prune(before: number): Promise<number> {
    for (let pruned = 0; ; ) {
      const rows = await this.#database.query((sql) =>
        sql.text(
          `WITH old AS MATERIALIZED (
             SELECT run, epoch, first_seq FROM axio.event_chunk
             WHERE space = $1 AND stored_at < ${timestamp("$2")} LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED)
           DELETE FROM axio.event_chunk USING old WHERE event_chunk.space = $1 AND event_chunk.run = old.run
             AND event_chunk.epoch = old.epoch AND event_chunk.first_seq = old.first_seq RETURNING 1`,
          [this.#space, before],
        ),
      );
      pruned += rows.length;
      if (rows.length < PRUNED_AT_ONCE) return pruned;
    }
  }

  #topic(runId: string): string {
    return topicOf("events", this.#space, runId);
  }
}
