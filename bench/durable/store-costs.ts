import { setTimeout as sleep } from "node:timers/promises";
import { assistantMessage, userMessage } from "axio";
import { versionedFormat } from "axio-auth";
import { openPostgres, PostgresCredentialStore, PostgresSessions } from "axio-postgres";
import pg from "pg";
import type { PostgresServer } from "test-support/postgres";

/** The cost of conversations and sign-ins in a database. */
export interface StoreCosts {
  /** Milliseconds of an append of two messages. */
  readonly appends: readonly number[];
  /** Statements for the history after it. */
  readonly historyStatements: number;
  /** The messages of all conversations. */
  readonly messages: number;
  /** Milliseconds of a search in them. */
  readonly searches: readonly number[];
  /** Statements to load credentials that the process knows, beside a worker of durable runs. */
  readonly loadStatements: number;
}

/** How long it takes at most until a process hears of changes. */
const NOTICE_MS = 1_000;
const TURNS = 200;
const SEARCHES = 50;
const MESSAGES_PER_SESSION = 100;

/** Measures a database with `messages` messages. */
export async function measureStore(server: PostgresServer, messages: number): Promise<StoreCosts> {
  const connection = await server.createDatabase();
  const pool = new pg.Pool({ connectionString: connection });
  let statements = 0;
  pool.on("acquire", () => {
    statements += 1;
  });
  const count = async (work: () => Promise<unknown>): Promise<number> => {
    const before = statements;
    await work();
    return statements - before;
  };
  try {
    await using database = await openPostgres({ connection: pool, notifications: connection, migrate: true });
    const sessions = new PostgresSessions(database);
    const session = await sessions.create();
    const appends: number[] = [];
    let historyStatements = 0;
    for (let turn = 0; turn < TURNS; turn += 1) {
      const start = performance.now();
      await session.append([userMessage(`Question ${turn}?`), assistantMessage(`Answer ${turn}.`)]);
      appends.push(performance.now() - start);
      historyStatements = await count(() => session.history());
    }
    const format = versionedFormat({ parse: ({ token }) => ({ token: String(token) }) });
    const store = new PostgresCredentialStore(database, { id: "one", format, encryption: "none" });
    await store.update(async () => ({ token: "known" }));
    // As a worker of durable runs does.
    const leave = sessions.runs.follow(() => undefined);
    await sleep(NOTICE_MS);
    await store.load();
    const loadStatements = await count(() => store.load());
    leave();
    await fill(server, new URL(connection).pathname.slice(1), messages);
    const searches: number[] = [];
    for (let number = 0; number < SEARCHES; number += 1) {
      const start = performance.now();
      // Each is in one message of a hundred thousand.
      const found = await sessions.list({ search: `word${pad(number, 3)} rare${pad(number, 5)}`, limit: 20 });
      searches.push(performance.now() - start);
      if (found.length === 0) throw new Error("Nothing was found.");
    }
    return { appends, historyStatements, messages, searches, loadStatements };
  } finally {
    await pool.end();
  }
}

const pad = (number: number, digits: number): string => String(number).padStart(digits, "0");

/** Adds conversations by SQL. The index is created afterwards, which is faster. */
async function fill(server: PostgresServer, name: string, messages: number): Promise<void> {
  const uuid = (kind: number, number: string): string =>
    `('00000000-0000-4000-800${kind}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
  await server.sql(
    `DROP INDEX axio.body_text;
     INSERT INTO axio.session (id, created_at, updated_at, end_position, count, tokens, preview)
     SELECT ${uuid(1, "n")}, now(), now() - n * interval '1 second', ${MESSAGES_PER_SESSION}, ${MESSAGES_PER_SESSION}, 0, 'A question'
     FROM generate_series(0, ${messages / MESSAGES_PER_SESSION - 1}) AS n;
     INSERT INTO axio.body (id, role, tokens, folded, json)
     SELECT ${uuid(2, "n")}, 'user', 20, text, json_build_object('role', 'user', 'content',
       json_build_array(json_build_object('type', 'text', 'text', text)))::text
     FROM generate_series(0, ${messages - 1}) AS n, LATERAL (SELECT 'about ' || md5(n::text) || ' and word' || lpad((n % 1000)::text, 3, '0')
       || ' that is common, with rare' || lpad((n % 100000)::text, 5, '0') || ' and ' || md5((n * 7)::text)) AS one (text);
     INSERT INTO axio.message (session, position, body)
     SELECT ${uuid(1, `n / ${MESSAGES_PER_SESSION}`)}, n % ${MESSAGES_PER_SESSION}, ${uuid(2, "n")}
     FROM generate_series(0, ${messages - 1}) AS n;
     CREATE INDEX body_text ON axio.body USING gin (folded gin_trgm_ops);
     ANALYZE;`,
    name,
  );
}
