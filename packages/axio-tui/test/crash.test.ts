import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openSessions } from "axio-context-sqlite";
import { bundleScript } from "test-support/bundle-script";
import { randomNumbers } from "test-support/random-numbers";
import { FULL_RUN, needs } from "test-support/requirements";
import { expect, test } from "vitest";
import { runApp } from "../src/cli/run-app.ts";
import { temporaryDirectory } from "./support/project.ts";
import { testOptions } from "./support/test-options.ts";

const SCRIPT = await bundleScript(fileURLToPath(new URL("./support/crashing-app.ts", import.meta.url)));
/** A whole session prints about this many facts. */
const FACTS = 36;

/** Runs a session, and kills its process after a number of facts. Returns the facts that it printed. */
async function crash(path: string, cwd: string, seed: number, after: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [SCRIPT, path, cwd, String(seed)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const facts: string[] = [];
  for await (const fact of createInterface({ input: child.stdout })) {
    facts.push(fact);
    if (facts.length === after || fact.startsWith("the draft at the end")) child.kill("SIGKILL");
  }
  await closed;
  return facts;
}

/** Returns the facts that `axio --continue` does not show after a crash. */
async function lostAfter(seed: number, after: number): Promise<readonly string[]> {
  const [folder, cwd] = [await temporaryDirectory(), await temporaryDirectory()];
  const path = join(folder, "sessions.db");
  const facts = await crash(path, cwd, seed, after);
  expect(facts.length).toBeGreaterThan(0);
  await using sessions = await openSessions({ path });
  const options = testOptions(
    { cwd, columns: 160, rows: 400, start: { session: { type: "last" } } },
    sessions,
  );
  const exit = runApp(options);
  const isThere = (screen: string): boolean => facts.every((fact) => screen.includes(fact));
  const screen = await options.screen.shows(isThere).catch(() => options.screen.text());
  options.keyboard.type("\x03");
  options.keyboard.type("\x03");
  await exit;
  return facts.filter((fact) => !screen.includes(fact));
}

async function crashOften(count: number): Promise<void> {
  const random = randomNumbers(count);
  for (let seed = 0; seed < count; seed += 1) {
    const after = 1 + Math.floor(random() * FACTS);
    expect(await lostAfter(seed, after), `seed ${seed}, killed after ${after} facts`).toEqual([]);
  }
}

test("a killed app loses no prompt, draft or finished block", () => crashOften(3), 120_000);

test("the same at 200 random moments", { ...needs(FULL_RUN), timeout: 1_200_000 }, () => crashOften(200));
