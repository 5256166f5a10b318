import { randomUUID } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { readdir, rename, rm, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { AxioError, abortedError, throwIfAborted } from "axio";
import { errorCode } from "axio/internal";
import { abortable, delay, withTimeout } from "axio-http/internal";
import {
  type Claim,
  claimContent,
  claimNumbers,
  isClaimOf,
  markClaimInFlight,
  markReleased,
  newestNumber,
  readClaim,
  readNewestClaim,
  writeClaim,
} from "./lock-claim.ts";
import { currentOwner, isDead, type LockOwner } from "./lock-owner.ts";
import { makeDirectory } from "./make-directory.ts";
import { storeUnavailable } from "./store-errors.ts";

/** Options of {@link acquireFileLock}. */
export interface FileLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for another holder. Default: 60,000. */
  readonly timeoutMs?: number | undefined;
  /** How long a holder may show no sign of life before its lock is taken over. Default: 10,000. */
  readonly staleAfterMs?: number | undefined;
}

/** A lock that this process holds. */
export interface FileLock {
  /** Whether the lock is still held: a suspended process may lose it. Reads the disk synchronously. */
  isHeld(): boolean;
  /**
   * Call this directly before an action that must not happen twice: from then on, no other process takes over the lock
   * while this process lives, even if it is suspended.
   *
   * @returns `false` if the lock is lost. Then do not perform the action.
   */
  markInFlight(): boolean;
  /** Releases the lock. Never fails. */
  release(): Promise<void>;
  /** Releases the lock and removes its directory. Never fails. */
  remove(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_STALE_AFTER_MS = 10_000;
/** A request is over long before. A holder that is suspended for longer does not block the others forever. */
const MAX_IN_FLIGHT_MS = 60 * 60_000;
/** How often a holder touches its claim within `staleAfterMs`. */
const HEARTBEATS_PER_STALE_TIME = 5;
const POLL_MS = 20;
const MAX_POLL_MS = 250;
/** Older claims that are kept, so that a process with an outdated listing always finds a newer claim than its own. */
const KEPT_CLAIMS = 4;
/** Far more than a lock can have been acquired. From here on it begins again. */
const LAST_NUMBER = 1e12;

/** The claims that this process has released, but could not mark: the disk has become read-only. */
const abandoned = new Set<string>();

/** The waiting callers in this process, by directory: only the first of them reads the disk. */
const queues = new Map<string, Promise<void>>();

/**
 * Acquires a lock between processes that survives holders that crash or are suspended.
 *
 * The lock is a directory of numbered claims; the highest number holds it. Each claim is created with `O_EXCL`, so exactly
 * one process follows a predecessor, and an active claim is never removed or renamed: the lock always exists, even when
 * a process takes over from a dead holder (docs/decisions/0005-credential-lock.md).
 *
 * @param directory The directory of the lock. Created if it is missing.
 * @throws AxioError `store-locked` after `timeoutMs`, `store-unavailable`, `aborted`.
 */
export async function acquireFileLock(directory: string, options: FileLockOptions = {}): Promise<FileLock> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  throwIfAborted(signal);
  const wait: { holder: LockOwner | undefined } = { holder: undefined };
  const queue = joinQueue(directory);
  try {
    const claim = await withTimeout(timeoutMs, signal, async (either) => {
      await abortable(queue.turn, either);
      return waitForClaim(directory, options.staleAfterMs ?? DEFAULT_STALE_AFTER_MS, either, wait);
    });
    return {
      ...claim,
      release: () => claim.release().finally(queue.leave),
      remove: () => claim.remove().finally(queue.leave),
    };
  } catch (error) {
    queue.leave();
    if (!AxioError.is(error, "aborted")) throw storeUnavailable(error, "Locking", directory);
    if (signal?.aborted) throw abortedError(signal);
    const holder = wait.holder ? ` (process ${wait.holder.pid})` : "";
    throw new AxioError(
      "store-locked",
      `Another program${holder} has held the lock ${directory} for more than ${Math.round(timeoutMs / 1000)} s. ` +
        "Wait until it is done, or end it, then try again.",
      { cause: error, retryable: true },
    );
  }
}

function joinQueue(directory: string): { turn: Promise<void>; leave: () => void } {
  const turn = queues.get(directory) ?? Promise.resolve();
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const tail = turn.then(() => left);
  queues.set(directory, tail);
  void tail.then(() => {
    if (queues.get(directory) === tail) queues.delete(directory);
  });
  return { turn, leave };
}

async function waitForClaim(
  directory: string,
  staleAfterMs: number,
  signal: AbortSignal,
  wait: { holder: LockOwner | undefined },
): Promise<FileLock> {
  const self = currentOwner();
  const isStale = staleDetector(staleAfterMs);
  for (let pollMs = POLL_MS; ; pollMs = Math.min(pollMs * 1.5, MAX_POLL_MS)) {
    throwIfAborted(signal);
    // A former holder may have removed it.
    await makeDirectory(directory);
    const claim = await readNewestClaim(directory);
    const isFree =
      !claim ||
      claim.released ||
      abandoned.has(join(directory, String(claim.number))) ||
      (claim.owner !== undefined && isDead(claim.owner, self));
    if (isFree || (isStale(claim) && !isInFlight(claim, self))) {
      if (claim !== undefined && claim.number >= LAST_NUMBER) {
        await removeDirectory(directory);
        continue;
      }
      const heartbeatMs = staleAfterMs / HEARTBEATS_PER_STALE_TIME;
      const lock = await tryClaim(directory, (claim?.number ?? 0) + 1, self, heartbeatMs);
      // The holder may have resumed and marked its claim meanwhile. If not, it sees this claim before it marks its own.
      if (lock && (isFree || !isInFlight(await readClaim(directory, claim.number), self))) return lock;
      await lock?.withdraw();
    }
    wait.holder = claim?.owner;
    await delay(pollMs * (0.5 + Math.random()), signal);
  }
}

/** Whether a claim is marked by a process that lives, as far as this machine can tell. */
function isInFlight({ isInFlight, owner, modifiedAt }: Claim, self: LockOwner): boolean {
  return (
    isInFlight &&
    owner !== undefined &&
    owner.machine !== "" &&
    owner.machine === self.machine &&
    // Where start times are known, a claim without one is not from axio.
    (owner.startTime !== "" || self.startTime === "") &&
    Math.abs(Date.now() - modifiedAt) < MAX_IN_FLIGHT_MS &&
    !isDead(owner, self)
  );
}

/**
 * Observes instead of comparing clocks: a claim is stale if this process has seen it unchanged for long enough. Time during
 * which this process was suspended does not count, because the holder may have been suspended with it.
 */
function staleDetector(staleAfterMs: number): (claim: Claim) => boolean {
  let seen: { readonly key: string; unchangedMs: number; lastReadAt: number } | undefined;
  return (claim) => {
    const key = `${claim.number}:${claim.modifiedAt}`;
    const now = performance.now();
    if (seen?.key !== key) {
      seen = { key, unchangedMs: 0, lastReadAt: now };
      return false;
    }
    seen.unchangedMs += Math.min(now - seen.lastReadAt, MAX_POLL_MS * 2);
    seen.lastReadAt = now;
    return seen.unchangedMs >= staleAfterMs;
  };
}

async function tryClaim(
  directory: string,
  number: number,
  self: LockOwner,
  heartbeatMs: number,
): Promise<(FileLock & { withdraw(): Promise<void> }) | undefined> {
  const path = join(directory, String(number));
  let content = claimContent(self);
  if (!(await writeClaim(path, content))) return undefined;
  const isOwn = (): boolean => {
    try {
      return readFileSync(path, "utf8") === content;
    } catch {
      return false;
    }
  };
  const newest = (): number => {
    try {
      return newestNumber(readdirSync(directory));
    } catch {
      return 0;
    }
  };
  const isNewest = (): boolean => isOwn() && newest() === number;
  let isMarked = false;
  // Once it is marked, a higher claim of this machine is one that its process withdraws as soon as it sees the mark.
  const isHeld = (): boolean =>
    isNewest() || (isMarked && isOwn() && isClaimOf(self.machine, join(directory, String(newest()))));
  // A claim from an outdated listing is not valid: there is a higher one, or the directory was created again since, and the
  // claim has no predecessor.
  if (!isNewest() || (number > 1 && !entryExists(join(directory, String(number - 1))))) {
    await unlink(path).catch(() => {});
    return undefined;
  }
  await removeOldClaims(directory, number);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, heartbeatMs);
  heartbeat.unref();
  return {
    isHeld,
    markInFlight() {
      if (!isHeld()) return false;
      content = markClaimInFlight(path, content);
      // A successor that claimed before the mark does not see it, and is seen here.
      isMarked ||= isNewest();
      return isMarked;
    },
    async release() {
      clearInterval(heartbeat);
      // Even if the lock is lost, so that no process waits for a marked claim.
      if (isOwn()) await releaseClaim(path, heartbeatMs);
    },
    async remove() {
      clearInterval(heartbeat);
      if (isHeld()) await removeDirectory(directory);
      if (isOwn()) await releaseClaim(path, heartbeatMs);
    },
    async withdraw() {
      clearInterval(heartbeat);
      await unlink(path).catch(() => {});
    },
  };
}

/** Whether there is something at a path, even a link that leads nowhere. */
function entryExists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Marks a claim as released, now or when the disk can be written again. Until then, only this process knows it. */
async function releaseClaim(path: string, retryMs: number): Promise<void> {
  try {
    await markReleased(path);
  } catch {
    abandoned.add(path);
    const retrying = setInterval(() => {
      const done = (): void => {
        clearInterval(retrying);
        abandoned.delete(path);
      };
      markReleased(path).then(done, (error: unknown) => errorCode(error) === "ENOENT" && done());
    }, retryMs);
    retrying.unref();
  }
}

async function removeOldClaims(directory: string, number: number): Promise<void> {
  const names = await readdir(directory).catch((): string[] => []);
  const old = claimNumbers(names).filter((claim) => claim <= number - KEPT_CLAIMS);
  await Promise.all(old.map((claim) => unlink(join(directory, String(claim))).catch(() => {})));
}

/** Removes the directory at once, so that no process finds a part of its claims. */
async function removeDirectory(directory: string): Promise<void> {
  const removed = `${directory}.${randomUUID()}.tmp`;
  try {
    await rename(directory, removed);
    await rm(removed, { recursive: true, force: true });
  } catch {
    // It stays, and its newest claim is from a process that is done.
  }
}
