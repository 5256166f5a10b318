import type { KeychainEntry } from "../../src/index.ts";

/** A keychain in memory, and its entries by `service/account`. */
export function memoryKeychain(): {
  readonly stored: Map<string, string>;
  readonly openEntry: (service: string, account: string) => Promise<KeychainEntry>;
} {
  const stored = new Map<string, string>();
  return {
    stored,
    openEntry: async (service, account) => {
      const key = `${service}/${account}`;
      return {
        getPassword: async () => stored.get(key) ?? null,
        setPassword: async (text) => void stored.set(key, text),
        deletePassword: async () => stored.delete(key),
      };
    },
  };
}
