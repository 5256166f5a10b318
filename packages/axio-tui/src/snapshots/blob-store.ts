import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, deflateRaw, inflateRaw } from "node:zlib";

/** Contents of files, by hash. Several processes may use it: a content never changes. */
export class BlobStore {
  readonly #directory: string;
  /** The contents that are being written. */
  readonly #writing = new Map<string, Promise<boolean>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Stores a content, accessible only to the user. Returns whether it was new. */
  async put(hash: string, content: Buffer): Promise<boolean> {
    const writing = this.#writing.get(hash);
    if (writing !== undefined) return writing.then(() => false);
    const written = this.#write(hash, content).finally(() => this.#writing.delete(hash));
    this.#writing.set(hash, written);
    return written;
  }

  async #write(hash: string, content: Buffer): Promise<boolean> {
    const path = this.#path(hash);
    const now = new Date();
    // It is in use from now on: see prune().
    const isStored = await utimes(path, now, now).then(
      () => true,
      () => false,
    );
    if (isStored) return false;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${randomUUID()}`;
    await writeFile(temporary, await compress(content), { mode: 0o600, flag: "wx" });
    await rename(temporary, path);
    return true;
  }

  /** Returns a content; `undefined` if it is missing or damaged. */
  async get(hash: string): Promise<Buffer | undefined> {
    try {
      const content = await promisify(inflateRaw)(await readFile(this.#path(hash)));
      return contentHash(content) === hash ? content : undefined;
    } catch {
      return undefined;
    }
  }

  /** Deletes the contents that were last stored before a time and that nothing uses. */
  async prune(before: number, isUsed: (hash: string) => boolean): Promise<void> {
    for (const group of await readdir(this.#directory).catch(() => [])) {
      const directory = join(this.#directory, group);
      for (const name of await readdir(directory).catch(() => [])) {
        const path = join(directory, name);
        const { mtimeMs } = await stat(path);
        if (mtimeMs < before && !isUsed(name)) await unlink(path).catch(() => undefined);
      }
    }
  }

  #path(hash: string): string {
    return join(this.#directory, hash.slice(0, 2), hash);
  }
}

/** Returns the hash of a content. */
export function contentHash(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function compress(content: Buffer): Promise<Buffer> {
  return promisify<Buffer, object, Buffer>(deflateRaw)(content, { level: constants.Z_BEST_SPEED });
}
