import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AxioError, type JsonValue } from "axio";
import { errorCode } from "axio/internal";
import { defaultSessionsPath, type PathEnvironment } from "axio-context-sqlite";
import type { AppSettings, SettingsStore } from "./app-settings.ts";
import { changeText } from "./change-text.ts";
import { readSettings, SETTINGS_VERSION } from "./read-settings.ts";
import { withSettingsLock } from "./settings-lock.ts";

/** Options of {@link openSettings}. */
export interface OpenSettingsOptions {
  /** The file. Default: {@link defaultSettingsPath}. */
  readonly path?: string | undefined;
  /** Called with each problem of the file, once. */
  readonly onMistake: (mistake: AxioError) => void;
}

/** Returns the path of `settings.json`, next to the sessions. */
export function defaultSettingsPath(environment?: PathEnvironment): string {
  return join(dirname(defaultSessionsPath(environment)), "settings.json");
}

/** Opens the settings. If the file is missing or invalid, the defaults apply. */
export async function openSettings({ path, onMistake }: OpenSettingsOptions): Promise<SettingsStore> {
  const store = new SettingsFile(path ?? defaultSettingsPath(), onMistake);
  await store.read();
  return store;
}

class SettingsFile implements SettingsStore {
  readonly path: string;
  readonly #onMistake: (mistake: AxioError) => void;
  readonly #reported = new Set<string>();
  #current: AppSettings = readSettings("", "").settings;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(path: string, onMistake: (mistake: AxioError) => void) {
    this.path = path;
    this.#onMistake = onMistake;
  }

  get current(): AppSettings {
    return this.#current;
  }

  async read(): Promise<void> {
    try {
      const { settings, mistakes } = readSettings(await this.#text(), this.path);
      this.#current = settings;
      for (const mistake of mistakes) this.#report(mistake);
    } catch (error) {
      this.#report(this.#failure("read", error));
    }
  }

  update(change: (settings: AppSettings) => AppSettings): Promise<AppSettings> {
    const done = this.#queue.then(() => this.#update(change));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #update(change: (settings: AppSettings) => AppSettings): Promise<AppSettings> {
    let changed: AppSettings | undefined;
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await withSettingsLock(`${this.path}.lock`, async () => {
        const text = await this.#text();
        const { settings, mistakes, isWritable } = readSettings(text, this.path);
        for (const mistake of mistakes) this.#report(mistake);
        const base = isWritable ? settings : this.#current;
        changed = change(base);
        if (isWritable) await this.#write(text, base, changed);
      });
    } catch (error) {
      this.#report(AxioError.is(error, "store-locked") ? error : this.#failure("saved", error));
    }
    this.#current = changed ?? change(this.#current);
    return this.#current;
  }

  async #write(text: string, before: AppSettings, after: AppSettings): Promise<void> {
    const base = text.trim() === "" ? `{\n  "version": ${SETTINGS_VERSION}\n}\n` : text;
    const changed = changeText(base, toJson(before), toJson(after));
    if (changed === base) return;
    const staged = `${this.path}.${randomUUID()}.tmp`;
    try {
      await writeFile(staged, changed, { mode: 0o600, flag: "wx", flush: true });
      await rename(staged, this.path);
    } catch (error) {
      await rm(staged, { force: true });
      throw error;
    }
  }

  async #text(): Promise<string> {
    try {
      return await readFile(this.path, "utf8");
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return "";
      throw error;
    }
  }

  #failure(what: "read" | "saved", cause: unknown): AxioError {
    const message = `The settings in ${this.path} could not be ${what} (${errorCode(cause) ?? "unknown error"}). Check who owns the file and its folder. Until axio ends, your changes apply without being saved.`;
    return new AxioError("store-unavailable", message, { cause });
  }

  #report(mistake: AxioError): void {
    if (this.#reported.has(mistake.message)) return;
    this.#reported.add(mistake.message);
    this.#onMistake(mistake);
  }
}

function toJson(settings: AppSettings): JsonValue {
  return JSON.parse(JSON.stringify(settings)) as JsonValue;
}
