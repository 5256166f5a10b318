import { randomUUID } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { AxioError, abortedError, throwIfAborted } from "axio";
import { delay } from "axio-http/internal";
import { abortable } from "../abortable.ts";
import { currentOwner, isDead, type LockOwner } from "./lock-owner.ts";
import { errnoOf, storeUnavailable } from "./store-errors.ts";

/** Options of {@link acquireFileLock}. */
export interface FileLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for another holder, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** How long a holder may show no sign of life before its lock is taken over, in milliseconds. Default 10,000. */
  readonly staleAfterMs?: number | undefined;
}

/** A lock that this process holds. */
export interface FileLock {
  /** Tells whether it is still held: a process that was stopped for long has lost it. Asks the disk, at once. */
  isHeld(): boolean;
  /**
   * To be called right before what must not happen twice: from then on nobody takes the lock over while this process
   * lives, not even when it is stopped. `false` where the lock is lost, and it must not happen at all.
   */
  pin(): boolean;
  /** Gives it up. Never fails. */
  release(): Promise<void>;
}

/** What the newest claim in a lock's folder says. */
interface Claim {
  readonly number: number;
  /** `undefined`: given up, or not fully written yet. */
  readonly owner: LockOwner | undefined;
  readonly released: boolean;
  readonly pinned: boolean;
  readonly modifiedMs: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_STALE_AFTER_MS = 10_000;
/** A holder shows five signs of life in the time after which it counts as stopped. */
const HEARTBEATS_PER_STALE_TIME = 5;
const POLL_MS = 20;
const MAX_POLL_MS = 250;
/** So many older claims stay, so that a slow reader of the folder always finds a newer one than its own. */
const KEPT_CLAIMS = 4;
const RELEASED = "released";
const UNPINNED = '"pinned":false';
/** As long as what it replaces, so that nobody sees half of it. */
const PINNED = '"pinned":true ';

/** Who waits in this process for which folder: only the first of them asks the disk. */
const queues = new Map<string, Promise<void>>();

/**
 * Takes a lock that holds between processes, and survives a holder that crashes or is stopped.
 *
 * The lock is a folder of numbered claims; the highest number holds it. Each claim is made with `O_EXCL`, so of all who
 * want to follow the same predecessor one succeeds, and nobody ever removes or renames a claim that counts: taking over
 * from a dead holder needs no moment in which there is no lock (docs/decisions/0005-credential-lock.md).
 *
 * @param folder The lock's folder; made where it is missing.
 * @throws AxioError `store-locked` after `timeoutMs`, `store-unavailable`, `aborted`.
 */
export async function acquireFileLock(folder: string, options: FileLockOptions = {}): Promise<FileLock> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  throwIfAborted(signal);
  const deadline = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const wait: { holder: LockOwner | undefined } = { holder: undefined };
  const leaveQueue = joinQueue(folder);
  try {
    await abortable(leaveQueue.turn, either);
    const claim = await waitForClaim(folder, options.staleAfterMs ?? DEFAULT_STALE_AFTER_MS, either, wait);
    return { ...claim, release: () => claim.release().finally(leaveQueue.leave) };
  } catch (error) {
    leaveQueue.leave();
    if (!AxioError.is(error, "aborted")) throw storeUnavailable(error, "Taking the lock", folder);
    if (signal?.aborted) throw abortedError(signal);
    const holder = wait.holder ? ` (process ${wait.holder.pid})` : "";
    throw new AxioError(
      "store-locked",
      `The lock ${folder} is held by another program${holder} for more than ${Math.round(timeoutMs / 1000)} s. ` +
        "Let it finish, or end it, then try again.",
      { cause: error, retryable: true },
    );
  }
}

function joinQueue(folder: string): { turn: Promise<void>; leave: () => void } {
  const turn = queues.get(folder) ?? Promise.resolve();
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const tail = turn.then(() => left);
  queues.set(folder, tail);
  void tail.then(() => {
    if (queues.get(folder) === tail) queues.delete(folder);
  });
  return { turn, leave };
}

async function waitForClaim(
  folder: string,
  staleAfterMs: number,
  signal: AbortSignal,
  wait: { holder: LockOwner | undefined },
): Promise<FileLock> {
  const self = currentOwner();
  const isStale = staleDetector(staleAfterMs);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let pollMs = POLL_MS; ; pollMs = Math.min(pollMs * 1.5, MAX_POLL_MS)) {
    throwIfAborted(signal);
    const claim = await readNewestClaim(folder);
    const isFree = !claim || claim.released || (claim.owner !== undefined && isDead(claim.owner, self));
    if (isFree || (isStale(claim) && !isPinned(claim, self))) {
      const heartbeatMs = staleAfterMs / HEARTBEATS_PER_STALE_TIME;
      const lock = await tryClaim(folder, (claim?.number ?? 0) + 1, self, heartbeatMs);
      // It may have woken up and pinned its claim since the look at it. If not, it sees this one before it does.
      if (lock && (isFree || !isPinned(await readClaim(folder, claim.number), self))) return lock;
      await lock?.withdraw();
    }
    wait.holder = claim?.owner;
    await delay(pollMs * (0.5 + Math.random()), signal);
  }
}

/** Whether a claim is pinned by a process that lives, as far as this machine can tell. */
function isPinned({ pinned, owner }: Claim, self: LockOwner): boolean {
  return (
    pinned &&
    owner !== undefined &&
    owner.machine !== "" &&
    owner.machine === self.machine &&
    !isDead(owner, self)
  );
}

/**
 * Judges by watching, not by comparing clocks: a claim is stale when this process has seen it unchanged for long enough.
 * Time in which this process was itself stopped does not count, or two that slept together would rob each other.
 */
function staleDetector(staleAfterMs: number): (claim: Claim) => boolean {
  let seen: { readonly key: string; unchangedMs: number; lastLook: number } | undefined;
  return (claim) => {
    const key = `${claim.number}:${claim.modifiedMs}`;
    const now = performance.now();
    if (seen?.key !== key) {
      seen = { key, unchangedMs: 0, lastLook: now };
      return false;
    }
    seen.unchangedMs += Math.min(now - seen.lastLook, MAX_POLL_MS * 2);
    seen.lastLook = now;
    return seen.unchangedMs >= staleAfterMs;
  };
}

function newestNumber(names: readonly string[]): number {
  return Math.max(0, ...names.filter((name) => /^\d{1,15}$/.test(name)).map(Number));
}

async function readNewestClaim(folder: string): Promise<Claim | undefined> {
  const number = newestNumber(await readdir(folder));
  return number === 0 ? undefined : readClaim(folder, number);
}

async function readClaim(folder: string, number: number): Promise<Claim> {
  let file: FileHandle | undefined;
  try {
    // Opened, not just asked for its times: on a network disk only opening brings the present ones.
    file = await open(join(folder, String(number)), "r");
    const { mtimeMs } = await file.stat();
    const text = await file.readFile("utf8");
    return {
      number,
      owner: parseOwner(text),
      released: text.startsWith(RELEASED),
      pinned: text.includes(PINNED),
      modifiedMs: mtimeMs,
    };
  } catch (error) {
    // Its successor has cleaned it away meanwhile: the next look finds that one.
    if (errnoOf(error) === "ENOENT") {
      return { number, owner: undefined, released: false, pinned: false, modifiedMs: 0 };
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
  folder: string,
  number: number,
  self: LockOwner,
  heartbeatMs: number,
): Promise<(FileLock & { withdraw(): Promise<void> }) | undefined> {
  const path = join(folder, String(number));
  let content = JSON.stringify({ ...self, token: randomUUID(), pinned: false });
  if (!(await writeClaim(path, content))) return undefined;
  const isOwn = (): boolean => {
    try {
      return readFileSync(path, "utf8") === content;
    } catch {
      return false;
    }
  };
  const isHeld = (): boolean => isOwn() && newestNumber(readdirSync(folder)) === number;
  // A claim made from an outdated look at the folder does not count: a higher one is there.
  if (!isHeld()) return undefined;
  await removeOldClaims(folder, number);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, heartbeatMs);
  heartbeat.unref();
  return {
    isHeld,
    pin() {
      if (!isHeld()) return false;
      content = content.replace(UNPINNED, PINNED);
      overwriteStart(path, content);
      // A successor that came before the pin does not see it, and is seen here.
      return isHeld();
    },
    async release() {
      clearInterval(heartbeat);
      // Also where it was lost: nobody has to wait for a pinned claim any more.
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
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await file.writeFile(content);
    return true;
  } catch (error) {
    // A claim without an owner (the disk is full) would keep everyone waiting until it counts as stale.
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

async function markReleased(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    // In place: it takes no room on a full disk, and nobody sees an empty claim.
    await file.write(RELEASED, 0);
  } finally {
    await file.close();
  }
}

async function removeOldClaims(folder: string, number: number): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const old = names.filter((name) => /^\d{1,15}$/.test(name) && Number(name) <= number - KEPT_CLAIMS);
  await Promise.all(old.map((name) => unlink(join(folder, name)).catch(() => {})));
}
