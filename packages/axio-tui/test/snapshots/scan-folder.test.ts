import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FULL_RUN, needs } from "test-support/requirements";
import { expect, it } from "vitest";
import { contentHash } from "../../src/snapshots/blob-store.ts";
import { compareFiles, mergeChanges } from "../../src/snapshots/file-version.ts";
import { Snapshots } from "../../src/snapshots/run-recorder.ts";
import type { ScanWork } from "../../src/snapshots/scan-folder.ts";
import { temporaryDirectory } from "../support/project.ts";

const CONTENTS = 50;

async function makeFiles(folder: string, count: number): Promise<void> {
  const old = new Date(Date.now() - 60_000);
  for (let at = 0; at < count; at += 1) {
    const directory = join(folder, `d${at % 100}`);
    if (at < 100) await mkdir(directory);
    const file = join(directory, `f${at}.txt`);
    await writeFile(file, `${at % CONTENTS}`);
    await utimes(file, old, old);
  }
}

/** Scans a folder twice, with two changes in between. Returns the work of both scans. */
async function scanTwice(count: number): Promise<readonly ScanWork[]> {
  const [folder, storeDir] = [await temporaryDirectory(), await temporaryDirectory()];
  await makeFiles(folder, count);
  const works: ScanWork[] = [];
  const open = (): Snapshots =>
    new Snapshots({ storeDir, cwd: folder, home: "/nowhere", onScan: (work) => works.push(work) });
  await open().scan([]);
  await writeFile(join(folder, "d1", "f1.txt"), "changed");
  await writeFile(join(folder, "d1", "new.txt"), "new");
  await rm(join(folder, "d2", "f2.txt"));
  await open().scan([]);
  return works;
}

it("reads only files that changed, also in the next process", async () => {
  expect(await scanTwice(1_000)).toEqual([
    { compared: 1_000, read: 1_000, stored: CONTENTS },
    { compared: 1_000, read: 2, stored: 2 },
  ]);
});

it("does so in a folder with 20,000 files", { ...needs(FULL_RUN), timeout: 300_000 }, async () => {
  const [, second] = await scanTwice(20_000);
  expect(second).toEqual({ compared: 20_000, read: 2, stored: 2 });
});

it("reads nothing for a run without tools, and nothing of a home folder", async () => {
  const [folder, storeDir] = [await temporaryDirectory(), await temporaryDirectory()];
  await writeFile(join(folder, "a.txt"), "1");
  const works: ScanWork[] = [];
  const onScan = (work: ScanWork): void => void works.push(work);
  const project = new Snapshots({ storeDir, cwd: folder, home: "/nowhere", onScan });
  expect(await project.record("run").end()).toEqual([]);
  expect(works).toEqual([]);
  const home = new Snapshots({ storeDir, cwd: folder, home: folder, onScan });
  await home.scan([]);
  expect(works).toEqual([{ compared: 0, read: 0, stored: 0 }]);
});

it("knows the file that a tool names even if it is ignored, or in a home folder", async () => {
  for (const home of ["/nowhere", undefined]) {
    const [folder, storeDir] = [await temporaryDirectory(), await temporaryDirectory()];
    await writeFile(join(folder, ".gitignore"), "secret.txt\n");
    await writeFile(join(folder, "secret.txt"), "before");
    const recording = new Snapshots({ storeDir, cwd: folder, home: home ?? folder }).record("run");
    const input = { path: "./secret.txt" };
    const tool = { name: "write_file", description: "", inputSchema: {} };
    const request = { tool, toolCallId: "1", input, signal: new AbortController().signal };
    expect(await recording.guard({ ...request, context: undefined as never })).toEqual({ action: "allow" });
    await writeFile(join(folder, "secret.txt"), "after");
    expect(await recording.end()).toMatchObject([{ path: "secret.txt" }]);
  }
});

it("finds the changes of a run whose process was killed", async () => {
  const [folder, storeDir] = [await temporaryDirectory(), await temporaryDirectory()];
  await writeFile(join(folder, "a.txt"), "before");
  const options = { storeDir, cwd: folder, home: "/nowhere" };
  await new Snapshots(options).scan([], "killed");
  await writeFile(join(folder, "a.txt"), "after");
  await new Snapshots(options).scan([]);
  const next = new Snapshots(options);
  const [change, ...more] = await next.recover("killed");
  expect([change?.path, more]).toEqual(["a.txt", []]);
  expect((await next.blobs.get(change?.before?.hash ?? ""))?.toString()).toBe("before");
  expect(await next.recover("killed")).toEqual([]);
});

it("deletes what nothing has used for a month, and keeps the rest", async () => {
  const [folder, storeDir] = [await temporaryDirectory(), await temporaryDirectory()];
  await writeFile(join(folder, "a.txt"), "in use");
  const snapshots = new Snapshots({ storeDir, cwd: folder, home: "/nowhere" });
  const hash = async (): Promise<string> => (await snapshots.scan([])).files.get("a.txt")?.version.hash ?? "";
  const old = await hash();
  await writeFile(join(folder, "a.txt"), "in use, changed");
  const current = await hash();
  const recent = contentHash(Buffer.from("recent"));
  await snapshots.blobs.put(recent, Buffer.from("recent"));
  const longAgo = new Date(Date.now() - 40 * 24 * 60 * 60 * 1_000);
  for (const name of [old, current])
    await utimes(join(storeDir, "contents", name.slice(0, 2), name), longAgo, longAgo);
  await snapshots.prune();
  const kept = await Promise.all([old, current, recent].map((name) => snapshots.blobs.get(name)));
  expect(kept.map((content) => content?.toString())).toEqual([undefined, "in use, changed", "recent"]);
});

it("joins the changes of several runs, and notices what was changed between them", () => {
  const version = (hash: string) => ({ hash, isKept: true, isExecutable: false });
  const change = (path: string, before: string | null, after: string | null) => ({
    path,
    before: before === null ? null : version(before),
    after: after === null ? null : version(after),
  });
  expect(
    mergeChanges([
      [change("a", "1", "2"), change("created", null, "1"), change("back", "1", "2")],
      [change("a", "2", "3"), change("created", "1", null), change("back", "2", "1"), change("b", "x", "y")],
      [change("b", "z", "w")],
    ]),
  ).toEqual([
    { ...change("a", "1", "3"), hasGap: false },
    { ...change("b", "x", "w"), hasGap: true },
  ]);
  expect(compareFiles(new Map(), new Map([["a", version("1")]]))).toEqual([change("a", null, "1")]);
});
