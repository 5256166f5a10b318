import { createRequire as createLoader } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxioError } from "axio";
import type { KeychainEntry } from "./keychain-parts.ts";
import { type KeychainCall, KeychainProcess } from "./keychain-process.ts";

/** The process that calls the keychain, once it is needed. */
let running: KeychainProcess | undefined;

/** Ends the call that runs. */
export function stopKeychain(): void {
  running?.stop();
}

/** @throws AxioError `store-unavailable` if the package for the keychain is not installed. */
export async function openSystemEntry(service: string, account: string): Promise<KeychainEntry> {
  let moduleUrl: string;
  try {
    moduleUrl = pathToFileURL(requireFrom(import.meta.url).resolve("@napi-rs/keyring")).href;
  } catch (error) {
    throw new AxioError(
      "store-unavailable",
      "The system's keychain requires the package @napi-rs/keyring, which is not installed. Run `npm install @napi-rs/keyring`, or store the credentials in a file.",
      { cause: error },
    );
  }
  running ??= new KeychainProcess(moduleUrl);
  const keychain = running;
  const call = (action: KeychainCall["action"], text?: string): Promise<string | undefined> =>
    keychain.call({ action, service, account, text });
  return {
    getPassword: () => call("getPassword"),
    setPassword: async (text) => void (await call("setPassword", text)),
    deletePassword: () => call("deletePassword"),
  };
}

/**
 * Bundlers follow `createRequire(import.meta.url)` and would demand the optional package; a bundle in CommonJS has no such URL.
 */
function requireFrom(url: string | undefined): NodeJS.Require {
  return createLoader(url ?? join(process.cwd(), "package.json"));
}
