import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Launch } from "./crew.ts";
import { numbered, numberOf } from "./numbered-credentials.ts";
import { openStore, type RouteName } from "./routes.ts";

/** The result of killing processes while they save. */
export interface CrashResult {
  readonly kills: number;
  /** The file contained the previous credentials. */
  readonly old: number;
  /** The file contained the new credentials. */
  readonly new: number;
  /** The file contained anything else, or could not be read. */
  readonly neither: number;
  /** Kills that left the file of an unfinished save. */
  readonly unfinished: number;
}

/** A save of 100 kB takes a few milliseconds. */
const KILL_WITHIN_MS = 12;
const READY = 3;

/** Repeatedly kills a process that saves, and checks the file each time. */
export async function crashSaves(
  kills: number,
  launch: Launch,
  route: RouteName = "codex",
): Promise<CrashResult> {
  const folder = await mkdtemp(join(tmpdir(), "axio-crash-"));
  const path = join(folder, `${route}.json`);
  const store = openStore(route, path);
  const result = { kills: 0, old: 0, new: 0, neither: 0, unfinished: 0 };
  const savers: Promise<ChildProcess>[] = [];
  try {
    while (result.kills < kills) {
      while (savers.length < Math.min(READY, kills - result.kills))
        savers.push(startSaver(launch, path, route));
      const saver = await savers.shift();
      if (saver === undefined) break;
      const last = await killWhileSaving(saver);
      result.kills += 1;
      const stored = await store.load().catch(() => undefined);
      const number = numberOf(stored);
      const isWhole = number === 0 ? last === 1 : isSame(stored, numbered(number, route));
      if (isWhole && number === last) result.new += 1;
      else if (isWhole && number === last - 1) result.old += 1;
      else result.neither += 1;
      if ((await readdir(folder)).some((name) => name.endsWith(".tmp"))) result.unfinished += 1;
    }
    return result;
  } finally {
    for (const saver of await Promise.all(savers)) saver.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Compares the defined properties. */
function isSame(stored: object | undefined, expected: object): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(stored ?? null)), JSON.parse(JSON.stringify(expected)));
}

async function startSaver(launch: Launch, path: string, route: RouteName): Promise<ChildProcess> {
  const child = fork(launch.script, [path, route], {
    execArgv: [...launch.execArgv],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  await Promise.race([once(child, "message"), once(child, "exit")]);
  return child;
}

/** Returns the number of the last save that was started. */
async function killWhileSaving(saver: ChildProcess): Promise<number> {
  let said = "";
  saver.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const closed = once(saver, "close");
  saver.send("go");
  while (said === "" && saver.exitCode === null) await sleep(1);
  await sleep(Math.random() * KILL_WITHIN_MS);
  saver.kill("SIGKILL");
  await closed;
  return Number(said.trim().split("\n").at(-1));
}
