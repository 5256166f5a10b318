import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { AxioError } from "axio";

const POLL_MS = 15;
/** A change takes milliseconds: whoever holds the lock for longer was ended in the middle. */
const STALE_MS = 10_000;
/** So long is waited for it at most. */
const LIMIT_MS = 30_000;

/**
 * Runs a function while no other process of this machine runs one under the same lock, which is a file that only one can make.
 *
 * @throws AxioError `store-locked` where another process does not let go.
 */
export async function withSettingsLock<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  const own = randomUUID();
  const end = performance.now() + LIMIT_MS;
  while (!(await tryToMake(path, own))) {
    if (performance.now() > end) throw locked(path);
    await removeStale(path);
    await sleep(POLL_MS);
  }
  try {
    return await run();
  } finally {
    // Not the lock of another, who took this one for stale.
    if ((await readFile(path, "utf8").catch(() => "")) === own) await rm(path, { force: true });
  }
}

async function tryToMake(path: string, owner: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(owner).finally(() => file.close());
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < STALE_MS) return;
  // Renamed first: of two who see it, one succeeds, and neither removes the fresh lock of the other.
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}

function locked(path: string): AxioError {
  return new AxioError(
    "store-locked",
    `Another process holds the settings (${path}). End it, or delete this file; what you choose now holds until the end.`,
  );
}
