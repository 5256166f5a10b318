import { dirname, join } from "node:path";
import { AxioError } from "axio";
import { type CredentialFormat, type DecodedText, decodeText } from "./credential-format.ts";
import type { CredentialStore, StoreCallOptions, StoreChange } from "./credential-store.ts";
import { defaultCredentialsPath } from "./default-path.ts";
import { acquireFileLock } from "./file-lock.ts";
import { type LockedText, updateLocked } from "./locked-update.ts";

/** An entry of the system's keychain. */
export interface KeychainEntry {
  getPassword(): Promise<string | null | undefined>;
  setPassword(text: string): Promise<void>;
  deletePassword(): Promise<unknown>;
}

/** Options of {@link KeychainCredentialStore}. */
export interface KeychainCredentialStoreOptions<C extends object> {
  /** The service of the entry, as the keychain shows it. Default: `"axio"`. */
  readonly service?: string | undefined;
  /** The account of the entry, such as `"codex"`. */
  readonly account: string;
  readonly format: CredentialFormat<C>;
  /** The directory of the lock between processes. Default: next to the files of the other stores. */
  readonly lockDirectory?: string | undefined;
  /** How long to wait for another process. Default: 60,000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Opens the entry. Default: the keychain of the system, through `@napi-rs/keyring`. */
  readonly openEntry?: ((service: string, account: string) => Promise<KeychainEntry>) | undefined;
}

/**
 * Stores credentials in the system's keychain: Keychain on macOS, Credential Manager on Windows, the Secret Service
 * (GNOME Keyring, KWallet) on Linux. Requires the optional package `@napi-rs/keyring`.
 *
 * Windows limits an entry to 2,560 bytes; longer credentials need a file.
 */
export class KeychainCredentialStore<C extends object> implements CredentialStore<C> {
  readonly #format: CredentialFormat<C>;
  readonly #service: string;
  readonly #account: string;
  readonly #lockDirectory: string;
  readonly #lockTimeoutMs: number | undefined;
  readonly #openEntry: (service: string, account: string) => Promise<KeychainEntry>;

  constructor(options: KeychainCredentialStoreOptions<C>) {
    const { service = "axio", account, openEntry = openSystemEntry } = options;
    const name = `${service}-${account}`.replace(/[^\w-]/g, "_");
    this.#format = options.format;
    this.#service = service;
    this.#account = account;
    this.#lockDirectory =
      options.lockDirectory ?? join(dirname(defaultCredentialsPath("any")), `${name}.keychain-lock`);
    this.#lockTimeoutMs = options.lockTimeoutMs;
    this.#openEntry = openEntry;
  }

  async load(): Promise<C | undefined> {
    return (await this.#read())?.credentials;
  }

  async update(change: StoreChange<C>, { signal }: StoreCallOptions = {}): Promise<C | undefined> {
    return updateLocked({
      lock: () => this.#lock(signal),
      format: this.#format,
      location: this.#location,
      change,
    });
  }

  get #location(): string {
    return `the keychain entry ${this.#service}/${this.#account}`;
  }

  async #lock(signal: AbortSignal | undefined): Promise<LockedText<C>> {
    const lock = await acquireFileLock(this.#lockDirectory, { signal, timeoutMs: this.#lockTimeoutMs });
    return {
      read: () => this.#read(),
      replace: async (text, before) => {
        if ((await this.#use((entry) => entry.getPassword())) !== before || !lock.isHeld()) return false;
        if (text !== undefined) await this.#use((entry) => entry.setPassword(text));
        else if (before !== undefined) await this.#use((entry) => entry.deletePassword());
        return true;
      },
      markInFlight: () => lock.markInFlight(),
      release: () => lock.release(),
    };
  }

  async #read(): Promise<DecodedText<C> | undefined> {
    const text = await this.#use((entry) => entry.getPassword());
    return text === undefined ? undefined : decodeText(text, this.#format, this.#location);
  }

  async #use<T>(call: (entry: KeychainEntry) => Promise<T | null | undefined>): Promise<T | undefined> {
    try {
      return (await call(await this.#openEntry(this.#service, this.#account))) ?? undefined;
    } catch (error) {
      if (AxioError.is(error)) throw error;
      throw new AxioError(
        "store-unavailable",
        "The system's keychain cannot be used. Unlock it, start its service (on Linux GNOME Keyring or KWallet), or store the credentials in a file.",
        { cause: error },
      );
    }
  }
}

async function openSystemEntry(service: string, account: string): Promise<KeychainEntry> {
  let keyring: typeof import("@napi-rs/keyring");
  try {
    keyring = await import("@napi-rs/keyring");
  } catch (error) {
    throw new AxioError(
      "store-unavailable",
      "The system's keychain requires the package @napi-rs/keyring, which is missing or does not support this system. Install it, or store the credentials in a file.",
      { cause: error },
    );
  }
  // Without this option, the package falls back to the kernel's keyring on Linux, which a restart clears.
  return new keyring.AsyncEntry(service, account, { linux: { store: "secret-service" } });
}
