import { randomUUID } from "node:crypto";
import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { type FileHandle, open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "axio/internal";
import type { LockOwner } from "./lock-owner.ts";

/** A numbered file in the directory of a lock. */
export interface Claim {
  readonly number: number;
  /** `undefined` if it was released, or is not completely written yet. */
  readonly owner: LockOwner | undefined;
  readonly released: boolean;
  readonly isInFlight: boolean;
  readonly modifiedAt: number;
}

const RELEASED = "released";
const NOT_IN_FLIGHT = '"inFlight":false';
/** Has the length of the text that it replaces, so that no reader sees half of it. */
const IN_FLIGHT = '"inFlight":true ';

/** A claim has about 200 bytes. */
const MAX_CLAIM_BYTES = 4_096;
/** Windows has neither of these flags. */
const OPEN_CLAIM = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
/** Codes for a claim that was removed, or that is a link, a socket or a directory. */
const NOT_A_CLAIM: ReadonlySet<string> = new Set(["ENOENT", "ELOOP", "EMLINK", "ENXIO", "EISDIR"]);
const MAX_PID = 2 ** 31;

/** Returns the numbers of the claims. Other names, and numbers that no lock can have reached, are not claims. */
export function claimNumbers(names: readonly string[]): readonly number[] {
  return names.filter((name) => /^[1-9]\d{0,12}$/.test(name)).map(Number);
}

/** Returns the highest number, or 0. */
export function newestNumber(names: readonly string[]): number {
  return Math.max(0, ...claimNumbers(names));
}

/** Reads the claim with the highest number. */
export async function readNewestClaim(directory: string): Promise<Claim | undefined> {
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const number = newestNumber(names);
  return number === 0 ? undefined : readClaim(directory, number);
}

/** Reads a claim. */
export async function readClaim(directory: string, number: number): Promise<Claim> {
  const nothing: Claim = { number, owner: undefined, released: false, isInFlight: false, modifiedAt: 0 };
  let file: FileHandle | undefined;
  try {
    // On network disks, only opening a file returns its current times. A pipe or a link must not be followed.
    file = await open(join(directory, String(number)), OPEN_CLAIM);
    const stats = await file.stat();
    const modifiedAt = stats.mtimeMs;
    if (!stats.isFile()) return { ...nothing, modifiedAt };
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_CLAIM_BYTES), 0, MAX_CLAIM_BYTES, 0);
    const text = buffer.toString("utf8", 0, bytesRead);
    return {
      number,
      owner: parseOwner(text),
      released: text.startsWith(RELEASED),
      isInFlight: text.includes(IN_FLIGHT),
      modifiedAt,
    };
  } catch (error) {
    // Removed by a successor, which the next read finds, or not a file.
    if (NOT_A_CLAIM.has(errorCode(error) ?? "")) return nothing;
    throw error;
  } finally {
    await file?.close();
  }
}

/** Whether a claim is from this machine, or was just withdrawn. */
export function isClaimOf(machine: string, path: string): boolean {
  try {
    return machine !== "" && parseOwner(readFileSync(path, "utf8"))?.machine === machine;
  } catch (error) {
    return errorCode(error) === "ENOENT";
  }
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const { pid, machine, startTime } = JSON.parse(text) as Partial<LockOwner>;
    const isProcess = typeof pid === "number" && Number.isInteger(pid) && pid > 0 && pid < MAX_PID;
    return isProcess && typeof machine === "string" && typeof startTime === "string"
      ? { pid, machine, startTime }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the content of a new claim. */
export function claimContent(owner: LockOwner): string {
  return JSON.stringify({ ...owner, token: randomUUID(), inFlight: false });
}

/** Marks a claim as in flight. Returns its new content. */
export function markClaimInFlight(path: string, content: string): string {
  const text = content.replace(NOT_IN_FLIGHT, IN_FLIGHT);
  const file = openSync(path, "r+");
  try {
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
  return text;
}

/** Creates a claim. Returns `false` if it exists, or if its directory was removed. */
export async function writeClaim(path: string, content: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, "wx", 0o600);
  } catch (error) {
    // ENOENT: a former holder has just removed the directory.
    if (errorCode(error) === "EEXIST" || errorCode(error) === "ENOENT") return false;
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

/** Marks a claim as released. */
export async function markReleased(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    // In place, so that it needs no space on a full disk, and no reader sees an empty claim.
    await file.write(RELEASED, 0);
  } finally {
    await file.close();
  }
}
