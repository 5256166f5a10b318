import { randomUUID } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { AxioError, abortedError, throwIfAborted } from "axio";
import { errorCode } from "axio/internal";
import { delay } from "axio-http/internal";
import { abortable } from "../abortable.ts";
import { currentOwner, isDead, type LockOwner } from "./lock-owner.ts";
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
}

/** A numbered file in the directory of a lock. */
interface Claim {
  readonly number: number;
  /** `undefined` if it was released, or is not completely written yet. */
  readonly owner: LockOwner | undefined;
  readonly released: boolean;
  readonly isInFlight: boolean;
  readonly modifiedAt: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_STALE_AFTER_MS = 10_000;
/** How often a holder touches its claim within `staleAfterMs`. */
const HEARTBEATS_PER_STALE_TIME = 5;
const POLL_MS = 20;
const MAX_POLL_MS = 250;
/** Older claims that are kept, so that a process with an outdated listing always finds a newer claim than its own. */
const KEPT_CLAIMS = 4;
const RELEASED = "released";
const NOT_IN_FLIGHT = '"inFlight":false';
/** Has the length of the text that it replaces, so that no reader sees half of it. */
const IN_FLIGHT = '"inFlight":true ';

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
  const deadline = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const wait: { holder: LockOwner | undefined } = { holder: undefined };
  const queue = joinQueue(directory);
  try {
    await abortable(queue.turn, either);
    const claim = await waitForClaim(directory, options.staleAfterMs ?? DEFAULT_STALE_AFTER_MS, either, wait);
    return { ...claim, release: () => claim.release().finally(queue.leave) };
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
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (let pollMs = POLL_MS; ; pollMs = Math.min(pollMs * 1.5, MAX_POLL_MS)) {
    throwIfAborted(signal);
    const claim = await readNewestClaim(directory);
    const isFree = !claim || claim.released || (claim.owner !== undefined && isDead(claim.owner, self));
    if (isFree || (isStale(claim) && !isInFlight(claim, self))) {
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
function isInFlight({ isInFlight, owner }: Claim, self: LockOwner): boolean {
  return (
    isInFlight &&
    owner !== undefined &&
    owner.machine !== "" &&
    owner.machine === self.machine &&
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

function newestNumber(names: readonly string[]): number {
  return Math.max(0, ...names.filter((name) => /^\d{1,15}$/.test(name)).map(Number));
}

async function readNewestClaim(directory: string): Promise<Claim | undefined> {
  const number = newestNumber(await readdir(directory));
  return number === 0 ? undefined : readClaim(directory, number);
}

async function readClaim(directory: string, number: number): Promise<Claim> {
  let file: FileHandle | undefined;
  try {
    // On network disks, only opening a file returns its current times.
    file = await open(join(directory, String(number)), "r");
    const { mtimeMs } = await file.stat();
    const text = await file.readFile("utf8");
    return {
      number,
      owner: parseOwner(text),
      released: text.startsWith(RELEASED),
      isInFlight: text.includes(IN_FLIGHT),
      modifiedAt: mtimeMs,
    };
  } catch (error) {
    // Removed by a successor, which the next read finds.
    if (errorCode(error) === "ENOENT") {
      return { number, owner: undefined, released: false, isInFlight: false, modifiedAt: 0 };
    }
    throw error;
  } finally {
    await file?.close();
  }
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const { pid, machine, startTime } = JSON.parse(text) as Partial<LockOwner>;
    return typeof pid === "number" && typeof machine === "string" && typeof startTime === "string"
      ? { pid, machine, startTime }
      : undefined;
  } catch {
    return undefined;
  }
}

async function tryClaim(
  directory: string,
  number: number,
  self: LockOwner,
  heartbeatMs: number,
): Promise<(FileLock & { withdraw(): Promise<void> }) | undefined> {
  const path = join(directory, String(number));
  let content = JSON.stringify({ ...self, token: randomUUID(), inFlight: false });
  if (!(await writeClaim(path, content))) return undefined;
  const isOwn = (): boolean => {
    try {
      return readFileSync(path, "utf8") === content;
    } catch {
      return false;
    }
  };
  const isHeld = (): boolean => isOwn() && newestNumber(readdirSync(directory)) === number;
  // A claim from an outdated listing is not valid: there is a higher one.
  if (!isHeld()) return undefined;
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
      content = content.replace(NOT_IN_FLIGHT, IN_FLIGHT);
      overwriteStart(path, content);
      // A successor that claimed before the mark does not see it, and is seen here.
      return isHeld();
    },
    async release() {
      clearInterval(heartbeat);
      // Even if the lock is lost, so that no process waits for a marked claim.
      if (isOwn()) await markReleased(path).catch(() => {});
    },
    async withdraw() {
      clearInterval(heartbeat);
      await unlink(path).catch(() => {});
    },
  };
}

function overwriteStart(path: string, text: string): void {
  const file = openSync(path, "r+");
  try {
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
}

async function writeClaim(path: string, content: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, "wx", 0o600);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await file.writeFile(content);
    return true;
  } catch (error) {
    // A claim without an owner (the disk is full) would block all others until it is stale.
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

async function markReleased(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    // In place, so that it needs no space on a full disk, and no reader sees an empty claim.
    await file.write(RELEASED, 0);
  } finally {
    await file.close();
  }
}

async function removeOldClaims(directory: string, number: number): Promise<void> {
  const names = await readdir(directory).catch((): string[] => []);
  const old = names.filter((name) => /^\d{1,15}$/.test(name) && Number(name) <= number - KEPT_CLAIMS);
  await Promise.all(old.map((name) => unlink(join(directory, name)).catch(() => {})));
}
