import { userMessage } from "axio";
import Database from "libsql";
import { expect, it } from "vitest";
import { openDatabase } from "./support/open-database.ts";

it("reads tool results that an earlier version stored with `toolUseId`, and appends to their session", async () => {
  const database = await openDatabase();
  const store = await database.create([userMessage("Look it up."), userMessage("(replaced below)")]);
  const raw = new Database(database.path);
  raw
    .prepare("UPDATE body SET json = ? WHERE folded = '(replaced below)'")
    .run('{"role":"user","content":[{"type":"tool-result","toolUseId":"call-1","content":"42"}]}');
  raw.close();

  const reopened = await database.open(store.id);
  const result = { type: "tool-result", toolCallId: "call-1", content: "42" };
  expect(await reopened.history()).toEqual([userMessage("Look it up."), { role: "user", content: [result] }]);
  await reopened.append([userMessage("And now?")]);
  expect(await reopened.history()).toHaveLength(3);
  expect(JSON.parse(await database.exportJson(store.id)).messages[1].content).toEqual([result]);
});
