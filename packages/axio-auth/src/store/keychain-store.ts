import { dirname, join } from "node:path";
import { AxioError } from "axio";
import {
  type CredentialFormat,
  chosenFormat,
  type DecodedText,
  decodeText,
  type FormatChoice,
} from "./credential-format.ts";
import type { CredentialStore, StoreCallOptions, StoreTransaction } from "./credential-store.ts";
import { defaultCredentialsPath } from "./default-path.ts";
import { acquireFileLock } from "./file-lock.ts";
import { type LockedPlace, updateLocked } from "./locked-update.ts";

/** One entry of the system's keychain. */
export interface KeychainEntry {
  getPassword(): Promise<string | null | undefined>;
  setPassword(text: string): Promise<void>;
  deletePassword(): Promise<unknown>;
}

/** Options of {@link KeychainCredentialStore}. */
export type KeychainCredentialStoreOptions<C extends object> = FormatChoice<C> & {
  /** Under which name the entry stands, as people see it. Default `"axio"`. */
  readonly service?: string | undefined;
  /** The account within it: `"codex"`. */
  readonly account: string;
  /** The folder of the lock between processes. Default beside the files of the other stores. */
  readonly lockFolder?: string | undefined;
  /** How long to wait for another process, in milliseconds. Default 60,000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Opens the entry. Default: the keychain of the system, through `@napi-rs/keyring`. */
  readonly openEntry?: ((service: string, account: string) => Promise<KeychainEntry>) | undefined;
};

/**
 * Keeps a credential in the system's keychain: Keychain on macOS, Credential Manager on Windows, the Secret Service
 * (GNOME Keyring, KWallet) on Linux. Needs the optional package `@napi-rs/keyring`.
 *
 * Windows takes at most 2,560 bytes; longer credentials need a file.
 */
export class KeychainCredentialStore<C extends object> implements CredentialStore<C> {
  readonly #format: CredentialFormat<C>;
  readonly #service: string;
  readonly #account: string;
  readonly #lockFolder: string;
  readonly #lockTimeoutMs: number | undefined;
  readonly #openEntry: (service: string, account: string) => Promise<KeychainEntry>;

  constructor(options: KeychainCredentialStoreOptions<C>) {
    const { service = "axio", account, openEntry = openSystemEntry } = options;
    const name = `${service}-${account}`.replace(/[^\w-]/g, "_");
    this.#format = chosenFormat(options);
    this.#service = service;
    this.#account = account;
    this.#lockFolder =
      options.lockFolder ?? join(dirname(defaultCredentialsPath("any")), `${name}.keychain-lock`);
    this.#lockTimeoutMs = options.lockTimeoutMs;
    this.#openEntry = openEntry;
  }

  async load(): Promise<C | undefined> {
    return (await this.#read())?.credentials;
  }

  async update(
    change: (current: C | undefined, turn?: StoreTransaction<C>) => Promise<C | undefined>,
    { signal }: StoreCallOptions = {},
  ): Promise<C | undefined> {
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

  async #lock(signal: AbortSignal | undefined): Promise<LockedPlace<C>> {
    const lock = await acquireFileLock(this.#lockFolder, { signal, timeoutMs: this.#lockTimeoutMs });
    return {
      read: () => this.#read(),
      replace: async (text, before) => {
        if ((await this.#use((entry) => entry.getPassword())) !== before || !lock.isHeld()) return false;
        if (text !== undefined) await this.#use((entry) => entry.setPassword(text));
        else if (before !== undefined) await this.#use((entry) => entry.deletePassword());
        return true;
      },
      markInFlight: () => lock.pin(),
      release: () => lock.release(),
    };
  }

  async #read(): Promise<(DecodedText<C> & { readonly text: string }) | undefined> {
    const text = await this.#use((entry) => entry.getPassword());
    return text === undefined ? undefined : { text, ...decodeText(text, this.#format, this.#location) };
  }

  async #use<T>(call: (entry: KeychainEntry) => Promise<T | null | undefined>): Promise<T | undefined> {
    try {
      return (await call(await this.#openEntry(this.#service, this.#account))) ?? undefined;
    } catch (error) {
      if (AxioError.is(error)) throw error;
      throw new AxioError(
        "store-unavailable",
        "The system's keychain cannot be used. Unlock it, or start its service (on Linux GNOME Keyring or KWallet), or keep the credentials in a file instead.",
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
      "The system's keychain needs the package @napi-rs/keyring, which is missing or has no build for this system. Install it, or keep the credentials in a file instead.",
      { cause: error },
    );
  }
  // On Linux the package would fall back to the kernel's keyring, which forgets everything when the machine restarts.
  return new keyring.AsyncEntry(service, account, { linux: { store: "secret-service" } });
}
