import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AxioError, isJsonObject } from "axio";
import { acquireFileLock, replaceFile } from "axio-auth/internal";
import type { GatewayKey } from "./key.ts";

/** The keys of a gateway, in a file that only the user can read. */
export class KeyFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Reads the keys. A missing file has none.
   *
   * @throws AxioError `store-unavailable` if the file cannot be read or is damaged.
   */
  async read(): Promise<readonly GatewayKey[]> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw new AxioError(
        "store-unavailable",
        `The keys in ${this.path} cannot be read. Check the file and its permissions.`,
        { cause },
      );
    }
    return parseKeys(text, this.path);
  }

  /**
   * Changes the keys under a lock between processes.
   *
   * @throws AxioError `store-unavailable`, `store-locked`.
   */
  async update(change: (keys: readonly GatewayKey[]) => readonly GatewayKey[]): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const lock = await acquireFileLock(`${this.path}.lock`);
    try {
      const keys = change(await this.read());
      await replaceFile(this.path, `${JSON.stringify({ version: 1, keys }, undefined, 2)}\n`);
    } finally {
      await lock.release();
    }
  }
}

function parseKeys(text: string, path: string): readonly GatewayKey[] {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    const keys = isJsonObject(value) ? value["keys"] : undefined;
    if (Array.isArray(keys) && keys.every(isKey)) return keys as unknown as readonly GatewayKey[];
  } catch (cause) {
    throw damaged(path, cause);
  }
  throw damaged(path);
}

function isKey(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    typeof value["name"] === "string" &&
    typeof value["hash"] === "string" &&
    typeof value["createdAt"] === "number"
  );
}

function damaged(path: string, cause?: unknown): AxioError {
  return new AxioError(
    "store-unavailable",
    `The keys in ${path} are damaged. Restore the file, or delete it to begin with a new key.`,
    { cause },
  );
}
