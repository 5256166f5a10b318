import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  describeCredentialStore,
  TEST_FORMAT,
  type TestCredentials,
} from "test-support/describe-credential-store";
import { onTestFinished } from "vitest";
import { FileCredentialStore, KeychainCredentialStore, MemoryCredentialStore } from "../src/index.ts";
import { memoryKeychain } from "./support/memory-keychain.ts";

/** Creates a directory that is deleted after the test. */
async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "axio-stores-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describeCredentialStore("FileCredentialStore", async () => {
  const path = join(await temporaryDirectory(), "credentials.json");
  return async () => new FileCredentialStore({ path, format: TEST_FORMAT });
});

describeCredentialStore("KeychainCredentialStore", async () => {
  const lockDirectory = join(await temporaryDirectory(), "lock");
  const { openEntry } = memoryKeychain();
  return async () =>
    new KeychainCredentialStore({ account: "test", format: TEST_FORMAT, lockDirectory, openEntry });
});

describeCredentialStore("MemoryCredentialStore", async () => {
  const store = new MemoryCredentialStore<TestCredentials>();
  return async () => store;
});
