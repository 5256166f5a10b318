import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes a temporary directory for a run of the tests (vitest.config.ts), and returns how to delete it. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Another project of the configuration has made it.
  if (process.env["AXIO_TEST_RUN_DIRECTORY"] !== undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), "axio-tests-"));
  process.env["AXIO_TEST_RUN_DIRECTORY"] = directory;
  return () => rm(directory, { recursive: true, force: true });
}
