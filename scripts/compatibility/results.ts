import { join } from "node:path";
import { writeJson } from "./write-json.ts";

/** The outcome of one bundler. */
export interface BundlerResult {
  readonly name: string;
  readonly version: string;
  /** The transports that the bundle ran. */
  readonly transports: readonly string[];
  /** The transports that do not work, and why. */
  readonly limits: Readonly<Record<string, string>>;
  readonly isOk: boolean;
}

/** The outcome of `npm run check:bundlers -- --write`. */
export interface Results {
  /** The day of the run, such as `2026-11-30`. */
  readonly date: string;
  readonly node: string;
  readonly bundlers: readonly BundlerResult[];
}

/** The file of the results. */
export const RESULTS_FILE: string = join(import.meta.dirname, "results.json");

/** Keeps the results of a run. */
export async function writeResults(bundlers: readonly BundlerResult[]): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const results: Results = { date, node: process.versions.node, bundlers };
  await writeJson(RESULTS_FILE, results);
}
