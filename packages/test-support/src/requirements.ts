import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestOptions } from "vitest";
import { FIXTURES } from "./fixtures.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Why a test or suite is skipped, for the summary of a run. */
    skipReason?: string;
  }
}

/** A requirement of a test that not every machine or run meets. */
export interface Requirement {
  readonly isMet: boolean;
  /** The missing requirement, and how to get it. */
  readonly missing: string;
}

/** A run that includes the long forms of tests. */
export const FULL_RUN: Requirement = {
  isMet: Boolean(process.env["AXIO_TEST_FULL"]),
  missing: "a long form; npm run test:full runs it",
};

/** The recorded streams. */
export const RECORDINGS: Requirement = {
  isMet: existsSync(join(FIXTURES, "responses")),
  missing: "no recorded streams; set AXIO_FIXTURES to their directory",
};

export const POSIX: Requirement = { isMet: process.platform !== "win32", missing: "not for Windows" };

export const LINUX: Requirement = { isMet: process.platform === "linux", missing: "only for Linux" };

/** A process that can drop its privileges. */
export const ROOT_USER: Requirement = { isMet: process.getuid?.() === 0, missing: "only for the user root" };

/**
 * How often a test repeats something. A run without long forms has the smaller number, which its summary mentions.
 *
 * @example
 * ```ts
 * fc.assert(property, { numRuns: repetitions({ short: 200, full: 2_000 }) });
 * ```
 */
export function repetitions({ short, full }: { readonly short: number; readonly full: number }): number {
  return FULL_RUN.isMet ? full : short;
}

/**
 * Options of a test or suite that is skipped unless all requirements are met. The summary of the run names it and says
 * why; with `AXIO_REQUIRE_ALL` it fails the run.
 *
 * @example
 * ```ts
 * describe("recorded streams", needs(RECORDINGS), () => {});
 * test.each(large)("$name in every framing", needs(RECORDINGS, FULL_RUN), async () => {});
 * ```
 */
export function needs(...requirements: readonly Requirement[]): TestOptions {
  const missing = requirements.find(({ isMet }) => !isMet)?.missing;
  return missing === undefined ? {} : { skip: true, meta: { skipReason: missing } };
}
