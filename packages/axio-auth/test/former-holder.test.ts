import { mkdtemp, readdir, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileCredentialStore } from "../src/index.ts";
import { type Credentials, FORMAT } from "./support/credentials.ts";

const OLD: Credentials = { accessToken: "old", refreshToken: "r", expiresAt: 1, accountId: "1" };

test("a holder saves although a former one, which was suspended while it cleaned up, removes its files", async () => {
  const directory = await mkdtemp(join(tmpdir(), "axio-former-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const store = new FileCredentialStore<Credentials>({ path: join(directory, "c.json"), format: FORMAT });
  await store.update(async () => OLD);
  let changes = 0;
  await store.update(async (current, transaction) => {
    changes += 1;
    transaction?.markInFlight();
    await transaction?.reserve?.();
    const staged = (await readdir(directory)).filter((name) => name.endsWith(".tmp"));
    expect(staged).toHaveLength(1);
    for (const name of staged) await unlink(join(directory, name));
    return current && { ...current, accessToken: "new" };
  });
  expect((await store.load())?.accessToken).toBe("new");
  // A second change would send the refresh token again.
  expect(changes).toBe(1);
});
