import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 15;
/** A change takes milliseconds: whoever holds the lock for longer was ended in the middle. */
const STALE_MS = 5_000;

/**
 * Runs a function while no other process of this machine runs one under the same lock, which is a file that only one can make.
 */
export async function withSettingsLock<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  const own = randomUUID();
  while (!(await tryToMake(path, own))) {
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
