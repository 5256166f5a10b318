import { join } from "node:path";
import { userMessage } from "axio";
import Database from "libsql";
import { expect, it } from "vitest";
import { APPLICATION_ID, MIGRATIONS } from "../src/schema.ts";
import { openDatabase } from "./support/open-database.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

it("reads the sessions of the first format, and takes attached files out of their previews", async () => {
  const path = join(temporaryDirectory(), "sessions.db");
  const old = new Database(path);
  const text = 'Read @a.txt<file path="a.txt">\nSecret\n</file>';
  const json = JSON.stringify(userMessage("Read @a.txt"));
  old.exec(
    `${MIGRATIONS[0]}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1;
     INSERT INTO session VALUES (1, 'old', 1, 2, NULL, 0, 1, 3, '${text}');
     INSERT INTO body VALUES (1, 'user', 3, 'read @a.txt', '${json}');
     INSERT INTO message VALUES (1, 0, 1)`,
  );
  old.close();
  const sessions = await openDatabase(path);
  expect(await sessions.list()).toMatchObject([{ id: "old", preview: "Read @a.txt", directory: undefined }]);
  const store = await sessions.open("old");
  await store.append([userMessage("More")]);
  expect(await store.history()).toHaveLength(2);
  expect(await sessions.list({ search: "a.txt" })).toHaveLength(1);
});

it("lists the sessions of one directory, of none, or all", async () => {
  const sessions = await openDatabase();
  for (const directory of ["/a", "/b", undefined])
    await sessions.create([userMessage(`in ${directory}`)], { directory });
  const previews = async (directory?: string | null, search = ""): Promise<readonly string[]> =>
    (await sessions.list({ directory, search })).map(({ preview }) => preview);
  expect(await previews("/a")).toEqual(["in /a"]);
  expect(await previews("/b", "in")).toEqual(["in /b"]);
  expect(await previews(null)).toEqual(["in undefined"]);
  expect(await previews()).toHaveLength(3);
});

it("previews the prompt without the files that are attached to it", async () => {
  const sessions = await openDatabase();
  const file = { type: "text", text: '<file path="a.txt">\nSecret\n</file>' } as const;
  await sessions.create([userMessage([{ type: "text", text: "Read @a.txt" }, file])]);
  expect(await sessions.list()).toMatchObject([{ preview: "Read @a.txt" }]);
});
