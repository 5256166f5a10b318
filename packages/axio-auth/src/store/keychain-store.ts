// Under another name: the usual banner of bundles, which gives them a `require()`, declares `createRequire`.
import { dirname, join } from "node:path";
import { AxioError } from "axio";
import { checkOptions, OPTION, type RulesOf, required } from "axio/internal";
import { abortable, withTimeout } from "axio-http/internal";
import { type CredentialFormat, type DecodedText, decodeText, FORMAT_RULE } from "./credential-format.ts";
import type { CredentialStore, StoreCallOptions, StoreChange } from "./credential-store.ts";
import { defaultCredentialsPath } from "./default-path.ts";
import { expandPath } from "./expand-path.ts";
import { acquireFileLock } from "./file-lock.ts";
import { type KeychainEntry, type OpenPart, readParts, removeParts, writeParts } from "./keychain-parts.ts";
import { type LockedText, updateLocked } from "./locked-update.ts";

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
  /** How long a call of the keychain may take, which may include a question to the user. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Opens the entry. Default: the keychain of the system, through `@napi-rs/keyring`. */
  readonly openEntry?: ((service: string, account: string) => Promise<KeychainEntry>) | undefined;
}

/** The rules of {@link KeychainCredentialStoreOptions}. */
const RULES: RulesOf<KeychainCredentialStoreOptions<object>> = {
  service: OPTION.string,
  account: required({ ...OPTION.string, expected: 'the account of the entry, such as "codex"' }),
  format: required(FORMAT_RULE),
  lockDirectory: OPTION.string,
  lockTimeoutMs: OPTION.milliseconds,
  timeoutMs: OPTION.milliseconds,
  openEntry: OPTION.function,
};

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Stores credentials in the system's keychain: Keychain on macOS, Credential Manager on Windows, the Secret Service
 * (GNOME Keyring, KWallet) on Linux. Requires `npm install @napi-rs/keyring`.
 *
 * The keychain is called in another process, so that one that does not respond cannot block this one. Where an entry is
 * limited, as on Windows (2,560 bytes), longer credentials are stored in several entries.
 *
 * The constructor throws AxioError `invalid-argument` for options that cannot be used.
 */
export class KeychainCredentialStore<C extends object> implements CredentialStore<C> {
  readonly #format: CredentialFormat<C>;
  readonly #service: string;
  readonly #account: string;
  readonly #lockDirectory: string;
  readonly #lockTimeoutMs: number | undefined;
  readonly #timeoutMs: number;
  readonly #openEntry: (service: string, account: string) => Promise<KeychainEntry>;

  constructor(options: KeychainCredentialStoreOptions<C>) {
    checkOptions("KeychainCredentialStore", options, RULES);
    const { service = "axio", account, openEntry = openSystemEntry } = options;
    const name = `${service}-${account}`.replace(/[^\w-]/g, "_");
    this.#format = options.format;
    this.#service = service;
    this.#account = account;
    this.#lockDirectory =
      options.lockDirectory === undefined
        ? join(dirname(defaultCredentialsPath("any")), `${name}.keychain-lock`)
        : expandPath(options.lockDirectory);
    this.#lockTimeoutMs = options.lockTimeoutMs;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#openEntry = openEntry;
  }

  async load({ signal }: StoreCallOptions = {}): Promise<C | undefined> {
    return (await this.#read(signal))?.credentials;
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
    const account = this.#account;
    return {
      // A change that began is completed, but reading it may be aborted.
      read: () => this.#read(signal),
      replace: async (text, before) => {
        if ((await this.#use((open) => readParts(open, account))) !== before || !lock.isHeld()) return false;
        if (text !== undefined) await this.#use((open) => writeParts(open, account, text));
        else if (before !== undefined) await this.#use((open) => removeParts(open, account));
        return true;
      },
      reserve: (length) => this.#reserve(length),
      markInFlight: () => lock.markInFlight(),
      release: () => lock.release(),
    };
  }

  /** Proves that the keychain can be written: writes the same text again, or an entry that is deleted at once. */
  async #reserve(length: number): Promise<void> {
    await this.#use(async (open) => {
      const text = await readParts(open, this.#account);
      if (text !== undefined) return writeParts(open, this.#account, text);
      const account = `${this.#account}.test`;
      await writeParts(open, account, "x".repeat(length));
      await removeParts(open, account);
    });
  }

  async #read(signal?: AbortSignal): Promise<DecodedText<C> | undefined> {
    const text = await this.#use((open) => readParts(open, this.#account), signal);
    return text === undefined ? undefined : decodeText(text, this.#format, this.#location);
  }

  /** Calls the keychain. A call that takes too long, or that is aborted, is left behind. */
  async #use<T>(call: (open: OpenPart) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await withTimeout(this.#timeoutMs, signal, async (either, isOver) => {
        try {
          return await abortable(
            call((account) => this.#openEntry(this.#service, account)),
            either,
          );
        } catch (error) {
          if (either.aborted) system?.stopKeychain();
          if (isOver() && !signal?.aborted) throw noResponse(this.#timeoutMs, error);
          throw error;
        }
      });
    } catch (error) {
      throw AxioError.is(error) ? error : keychainUnavailable(error);
    }
  }
}

function noResponse(timeoutMs: number, cause: unknown): AxioError {
  return new AxioError(
    "store-unavailable",
    `The system's keychain did not respond within ${timeoutMs / 1_000} s. Unlock it, restart its service, or store the credentials in a file.`,
    { cause, retryable: true },
  );
}

/** Creates the error for a keychain that cannot be used. */
function keychainUnavailable(cause: unknown): AxioError {
  return new AxioError(
    "store-unavailable",
    "The system's keychain cannot be used. Unlock it, start its service (on Linux GNOME Keyring or KWallet), or store the credentials in a file.",
    { cause },
  );
}

/** The code that calls the system's keychain, once it is needed. */
let system: typeof import("./system-keychain.ts") | undefined;

async function openSystemEntry(service: string, account: string): Promise<KeychainEntry> {
  system ??= await import("./system-keychain.ts");
  return system.openSystemEntry(service, account);
}
