import { createHash, randomBytes } from "node:crypto";

/** An entry of the system's keychain. */
export interface KeychainEntry {
  getPassword(): Promise<string | null | undefined>;
  setPassword(text: string): Promise<void>;
  deletePassword(): Promise<unknown>;
}

/** Opens an entry by the name of its account. */
export type OpenPart = (account: string) => Promise<KeychainEntry>;

/**
 * The longest text of one entry, in characters. Windows limits an entry to 2,560 bytes, and stores two bytes for each
 * character.
 */
const MAX_LENGTH = 1_200;

/** The text of an entry whose text is in parts: their number, the id in their names, and the hash of the whole text. */
const PARTS = /^axio-parts:(\d{1,3}):([\da-f]{16}):([\da-f]{64})$/;

/**
 * Reads a text, also one in parts.
 *
 * @returns `undefined` without an entry. A text with missing or changed parts is returned as empty.
 */
export async function readParts(open: OpenPart, account: string): Promise<string | undefined> {
  const text = (await (await open(account)).getPassword()) ?? undefined;
  const [, count, id = "", hash] = PARTS.exec(text ?? "") ?? [];
  if (count === undefined) return text;
  const parts: string[] = [];
  for (const name of partNames(account, id, Number(count)))
    parts.push((await (await open(name)).getPassword()) ?? "");
  const whole = parts.join("");
  return hashOf(whole) === hash ? whole : "";
}

/**
 * Stores a text: in one entry, or in parts if the keychain does not accept one so long. The parts of the previous text are
 * removed after the new one is complete.
 */
export async function writeParts(
  open: OpenPart,
  account: string,
  text: string,
  platform: string = process.platform,
): Promise<void> {
  const entry = await open(account);
  const previous = (await entry.getPassword()) ?? "";
  if (text.length <= MAX_LENGTH || platform !== "win32") {
    try {
      await entry.setPassword(text);
      await deleteParts(open, account, previous);
      return;
    } catch (error) {
      if (text.length <= MAX_LENGTH) throw error;
    }
  }
  const id = randomBytes(8).toString("hex");
  const names = partNames(account, id, Math.ceil(text.length / MAX_LENGTH));
  try {
    for (const [index, name] of names.entries())
      await (await open(name)).setPassword(text.slice(index * MAX_LENGTH, (index + 1) * MAX_LENGTH));
    await entry.setPassword(`axio-parts:${names.length}:${id}:${hashOf(text)}`);
  } catch (error) {
    await deleteNames(open, names);
    throw error;
  }
  await deleteParts(open, account, previous);
}

/** Deletes a text, also one in parts. */
export async function removeParts(open: OpenPart, account: string): Promise<void> {
  const entry = await open(account);
  const text = (await entry.getPassword()) ?? "";
  await entry.deletePassword();
  await deleteParts(open, account, text);
}

async function deleteParts(open: OpenPart, account: string, text: string): Promise<void> {
  const [, count, id = ""] = PARTS.exec(text) ?? [];
  if (count !== undefined) await deleteNames(open, partNames(account, id, Number(count)));
}

/** A part that remains has no meaning without the entry that names it. */
async function deleteNames(open: OpenPart, names: readonly string[]): Promise<void> {
  for (const name of names)
    await open(name)
      .then((entry) => entry.deletePassword())
      .catch(() => {});
}

function partNames(account: string, id: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${account}.${id}.${index + 1}`);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
