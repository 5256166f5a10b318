import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { assistantMessage, userMessage } from "axio";
import { bundleScript } from "test-support/bundle-script";
import { expect, it } from "vitest";
import { openDatabase } from "./support/open-database.ts";

const SCRIPT = await bundleScript(
  fileURLToPath(new URL("./support/interrupted-process.ts", import.meta.url)),
);

/** Runs a process that stores a checkpoint, a prompt and a draft, and kills it. */
async function runAndKill(path: string, name: string): Promise<void> {
  const child = spawn(process.execPath, [SCRIPT, path, name], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
}

it("adds the unfinished step of a killed process to its session, once", async () => {
  const first = await openDatabase();
  await runAndKill(first.path, "one");
  // The file is open already, and opened again: both see the step.
  const [session] = await first.list();
  expect(session).toMatchObject({ preview: "one", messageCount: 2, directory: "/projects/one" });
  const second = await openDatabase(first.path);
  const history = await (await second.open(session?.id ?? "")).history();
  expect(history).toEqual([userMessage("one"), assistantMessage("so far")]);
});

it("keeps a checkpoint out of the history while its process runs, and drops it with the messages it led to", async () => {
  const sessions = await openDatabase();
  const store = await sessions.create();
  await store.checkpoint([userMessage("Hi")]);
  const other = await openDatabase(sessions.path);
  expect(await other.list()).toEqual([]);
  await store.append([userMessage("Hi"), assistantMessage("Hello")]);
  await sessions.close();
  expect(await (await other.open(store.id)).history()).toHaveLength(2);
});

it("adds a checkpoint of a closed file in the same process", async () => {
  const sessions = await openDatabase();
  const store = await sessions.create();
  await store.checkpoint([userMessage("Hi")]);
  await store.checkpoint([userMessage("Hi"), assistantMessage("Hel")]);
  await sessions.close();
  expect(await (await (await openDatabase(sessions.path)).open(store.id)).history()).toHaveLength(2);
});

it("replaces each checkpoint by the next, whatever they share, and starts again after an error", async () => {
  const [a, b, c] = ["a", "b", "c"].map((text) => userMessage(text));
  if (a === undefined || b === undefined || c === undefined) throw new Error("There are no messages.");
  for (const steps of [
    [[a], [a, b], [a, c]],
    [
      [a, b, c],
      [a, b],
      [b, c],
    ],
    [[a, b], [], [a, c]],
    [[a, b, c], [c], [a]],
  ]) {
    const sessions = await openDatabase();
    const store = await sessions.create();
    for (const messages of steps) await store.checkpoint(messages);
    await expect(store.checkpoint([a, { role: "wrong" } as never])).rejects.toThrow();
    await Promise.all(steps.map((messages) => store.checkpoint(messages)));
    await sessions.close();
    const again = await openDatabase(sessions.path);
    expect(await (await again.open(store.id)).history()).toEqual(steps.at(-1));
  }
});

it("drops a checkpoint on request, and with its session", async () => {
  const sessions = await openDatabase();
  const [kept, deleted] = [await sessions.create([userMessage("a")]), await sessions.create()];
  for (const store of [kept, deleted]) await store.checkpoint([userMessage("Hi")]);
  await kept.checkpoint([]);
  await sessions.delete(deleted.id);
  await sessions.close();
  const again = await openDatabase(sessions.path);
  expect((await again.list()).map(({ messageCount }) => messageCount)).toEqual([1]);
});

it("gives the drafts of killed processes to the next process in their folder, once", async () => {
  const sessions = await openDatabase();
  await runAndKill(sessions.path, "one");
  await runAndKill(sessions.path, "one");
  expect(await sessions.takeDraft("/projects/other")).toBeUndefined();
  expect(await sessions.takeDraft("/projects/one")).toEqual({
    text: "draft one",
    queued: ["queued one", "draft one", "queued one"],
  });
  const other = await openDatabase(sessions.path);
  expect(await other.takeDraft("/projects/one")).toBeUndefined();
});

it("returns prompts of all processes, those of the folder as the newest", async () => {
  const sessions = await openDatabase();
  for (const [text, folder] of [
    ["first", "/a"],
    ["second", "/b"],
    ["third", "/a"],
    ["third", "/a"],
  ] as const)
    await sessions.addPrompt(text, folder);
  await runAndKill(sessions.path, "one");
  expect(await sessions.prompts({ directory: "/a" })).toEqual(["second", "one", "first", "third"]);
  expect(await sessions.prompts({ directory: "/a", limit: 2 })).toEqual(["first", "third"]);
  expect(await sessions.prompts()).toEqual(["first", "second", "third", "one"]);
});

it("keeps notes at their place through forks and compaction, and out of the history", async () => {
  const sessions = await openDatabase();
  const store = await sessions.create([userMessage("a"), assistantMessage("b")]);
  await store.setNote("run:1", { files: 0 });
  await store.append([userMessage("c"), assistantMessage("d")]);
  await store.setNote("run:1", { files: 1 });
  await store.setNote("run:2", null);
  const notes = [
    { key: "run:1", index: 2, value: { files: 1 } },
    { key: "run:2", index: 4, value: null },
  ];
  expect(await store.notes()).toEqual(notes);
  expect(await (await store.fork()).notes()).toEqual(notes);
  const cut = await store.fork({ count: 2 });
  expect([await cut.notes(), await cut.history()]).toEqual([[], [userMessage("a"), assistantMessage("b")]]);
  await store.compact([userMessage("summary")], 2);
  expect(await store.notes()).toMatchObject([{ index: 1 }, { index: 3 }]);
});
