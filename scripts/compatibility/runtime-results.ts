import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeJson } from "./write-json.ts";

/** The outcome of the suite on one runtime. */
export interface RuntimeResult {
  /** As in the list of runtimes. */
  readonly name: string;
  /** The version that ran. */
  readonly version: string;
  /** The day of the run, such as `2026-11-30`. */
  readonly date: string;
  /** The names of the cases that passed. */
  readonly passed: readonly string[];
  /** The names of the cases that failed. */
  readonly failed: readonly string[];
}

const FILE = join(import.meta.dirname, "runtime-results.json");

/** Reads the results that `npm run test:runtimes -- --write` kept. */
export async function readRuntimeResults(): Promise<readonly RuntimeResult[]> {
  return JSON.parse(await readFile(FILE, "utf8")) as readonly RuntimeResult[];
}

/** Keeps the results of a run. Those of runtimes that did not run stay. */
export async function writeRuntimeResults(
  ran: readonly RuntimeResult[],
  allNames: readonly string[],
): Promise<void> {
  const known = await readRuntimeResults();
  const results = allNames.flatMap((name) => {
    const result = [...ran, ...known].find((each) => each.name === name);
    return result === undefined ? [] : [result];
  });
  await writeJson(FILE, results);
}
