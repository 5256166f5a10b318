import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { AxioError } from "axio";
import { errorCode } from "axio/internal";

const POLL_MS = 15;
/** A change takes milliseconds. A process that holds the lock for longer has crashed. */
const STALE_MS = 10_000;
const TIMEOUT_MS = 30_000;

/**
 * Runs a function under a lock between processes: a file that only one of them can create.
 *
 * @throws AxioError `store-locked` if another process does not release the lock.
 */
export async function withSettingsLock<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  const own = randomUUID();
  const end = performance.now() + TIMEOUT_MS;
  while (!(await tryToCreate(path, own))) {
    if (performance.now() > end) throw locked(path);
    await removeStale(path);
    await sleep(POLL_MS);
  }
  try {
    return await run();
  } finally {
    // Not the lock of a process that considered this one stale.
    if ((await readFile(path, "utf8").catch(() => "")) === own) await rm(path, { force: true });
  }
}

async function tryToCreate(path: string, owner: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(owner).finally(() => file.close());
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < STALE_MS) return;
  // Renamed first: of two processes that see it, one succeeds, and neither removes the new lock of the other.
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}

function locked(path: string): AxioError {
  return new AxioError(
    "store-locked",
    `Another process has locked the settings (${path}). End it, or delete this file. Until axio ends, your changes apply without being saved.`,
  );
}
