import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { messageText } from "axio";
import Database from "libsql";
import { bundleScript } from "test-support/bundle-script";
import { FULL_RUN, needs } from "test-support/requirements";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "./support/open-database.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const STEADY_PROCESSES = 3;
const SCRIPT = await bundleScript(fileURLToPath(new URL("./support/writing-process.ts", import.meta.url)));

/** The completed writes of the processes: the exchanges of each session in the order of the writes. */
class Written {
  readonly exchanges = new Map<string, string[]>();
  readonly compacted = new Set<string>();

  add(line: string): void {
    const [session = "", name = ""] = line.split(" ");
    if (session === "compacted") this.compacted.add(name);
    else this.exchanges.set(session, [...(this.exchanges.get(session) ?? []), name]);
  }
}

class Writer {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #onLine: () => void = () => undefined;
  #lines = 0;

  constructor(path: string, shared: string, written: Written) {
    this.#child = spawn(process.execPath, [SCRIPT, path, shared], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (this.#child.stdout === null) throw new Error("The process has no stdout.");
    const lines = createInterface({ input: this.#child.stdout });
    this.#closed = once(lines, "close");
    lines.on("line", (line) => {
      written.add(line);
      this.#lines += 1;
      this.#onLine();
    });
  }

  /** Waits for the process to complete `count` writes. */
  async wrote(count: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#onLine = () => {
        if (this.#lines >= count) resolve();
      };
      this.#onLine();
      this.#child.once("exit", (code) => reject(new Error(`The process exited with code ${code}.`)));
    });
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}

function integrity(path: string): unknown {
  const database = new Database(path);
  try {
    // Throws if the search index does not match the texts.
    database.exec("INSERT INTO body_text (body_text, rank) VALUES ('integrity-check', 1)");
    const orphans = `SELECT count(*) AS n FROM body WHERE id NOT IN (SELECT body FROM message)`;
    const miscounted = `SELECT count(*) AS n FROM session
      WHERE count <> (SELECT count(*) FROM message WHERE session = number)`;
    return {
      integrity: database.prepare("PRAGMA integrity_check").all(),
      foreign: database.prepare("PRAGMA foreign_key_check").all(),
      orphans: database.prepare(orphans).all(),
      miscounted: database.prepare(miscounted).all(),
    };
  } finally {
    database.close();
  }
}

async function writeAndKill(kills: number): Promise<void> {
  const path = join(temporaryDirectory(), "sessions.db");
  const setup = await openDatabase(path);
  const shared = (await setup.create()).id;
  await setup.close();

  const written = new Written();
  const writers: Writer[] = [];
  onTestFinished(async () => {
    await Promise.all(writers.map((writer) => writer.kill()));
  });
  const start = (): Writer => {
    const writer = new Writer(path, shared, written);
    writers.push(writer);
    return writer;
  };
  const steady = Array.from({ length: STEADY_PROCESSES }, start);
  await Promise.all(steady.map((writer) => writer.wrote(1)));
  for (let kill = 0; kill < kills; kill += 1) {
    const victim = start();
    await victim.wrote(1 + ((kill * 9) % 23));
    await victim.kill();
  }
  await Promise.all(steady.map((writer) => writer.kill()));

  const database = await openDatabase(path);
  let extra = 0;
  for (const { id } of await database.list({ limit: 10_000 })) {
    const texts = (await (await database.open(id)).history()).map(messageText);
    const exchanges = texts.filter((_, index) => index % 2 === 0);
    // Each question is followed by its own answer, also in the shared session.
    expect(texts).toEqual(exchanges.flatMap((exchange) => [exchange, `answer to ${exchange}`]));
    const [reported, stored] = [written.exchanges.get(id) ?? [], new Set(exchanges)];
    const missing = reported.filter((exchange) => !stored.has(exchange));
    // A compaction right before the kill may have removed the first exchange.
    expect(missing, id).toEqual(missing.length === 0 ? [] : reported.slice(0, 1));
    if (missing.length > 0 && !written.compacted.has(id)) extra += 1;
    const announced = new Set(reported);
    if (exchanges.some((exchange) => !announced.has(exchange))) extra += 1;
    written.exchanges.delete(id);
  }
  // Every reported session exists.
  expect([...written.exchanges.keys()]).toEqual([]);
  // Each process had at most one write in progress.
  expect(extra).toBeLessThanOrEqual(kills + STEADY_PROCESSES);
  await database.close();
  expect(integrity(path)).toEqual({
    integrity: [expect.objectContaining({ integrity_check: "ok" })],
    foreign: [],
    orphans: [expect.objectContaining({ n: 0 })],
    miscounted: [expect.objectContaining({ n: 0 })],
  });
}

test(
  "four processes write and fork in one file, one is killed again and again: only writes in progress are lost",
  () => writeAndKill(2),
  60_000,
);

test("the same with a hundred kills", { ...needs(FULL_RUN), timeout: 600_000 }, () => writeAndKill(100));

test("waiting for another process does not block the event loop", async () => {
  const database = await openDatabase();
  const store = await database.create();
  const other = new Database(database.path);
  onTestFinished(() => {
    other.close();
  });
  other.exec("BEGIN IMMEDIATE");
  const order: string[] = [];
  const write = store.append([]).then(() => order.push("written"));
  // Timers fire while the write waits.
  for (let count = 0; count < 3; count += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  order.push("others");
  other.exec("COMMIT");
  await write;
  expect(order).toEqual(["others", "written"]);
});

test("the log is checkpointed when it grows, and on close", async () => {
  const { statSync } = await import("node:fs");
  const database = await openDatabase();
  const store = await database.create();
  const other = await openDatabase(database.path);
  for (let count = 0; count < 12; count += 1) {
    await store.append([
      {
        role: "user",
        content: [
          { type: "file", mediaType: "x/y", source: { kind: "base64", data: "A".repeat(1_000_000) } },
        ],
      },
    ]);
    await (await other.open(store.id)).history();
  }
  expect(statSync(`${database.path}-wal`).size).toBeLessThan(8_000_000);
  await other.close();
  await database.close();
  expect(statSync(`${database.path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
});
