import { createHash } from "node:crypto";
import { userMessage } from "axio";
import Database from "libsql";
import { expect, it } from "vitest";
import { MIGRATIONS } from "../src/schema.ts";
import { openDatabase } from "./support/open-database.ts";

it("keeps released migration steps unchanged", () => {
  const hashes = MIGRATIONS.map((step) => createHash("sha256").update(step).digest("hex").slice(0, 16));
  expect(hashes).toMatchInlineSnapshot(`
    [
      "553caf466e074691",
      "735671515560d537",
      "c027e0abb9dd58da",
    ]
  `);
});

it("marks a file with its application id and version", async () => {
  const { path } = await openDatabase();
  const database = new Database(path);
  const pragma = (name: string): unknown =>
    (database.prepare(`PRAGMA ${name}`).all()[0] as Record<string, unknown>)[name];
  expect([pragma("application_id"), pragma("user_version"), pragma("journal_mode")]).toEqual([
    Buffer.from("axio").readInt32BE(),
    MIGRATIONS.length,
    "wal",
  ]);
  database.close();
});

it("is created once if several connections open a new file", async () => {
  const first = await openDatabase();
  await first.close();
  const { path } = first;
  const all = await Promise.all(Array.from({ length: 8 }, () => openDatabase(`${path}-new`)));
  await Promise.all(all.map((database) => database.create([userMessage("Hello")])));
  expect(await all[0]?.list()).toHaveLength(8);
});
