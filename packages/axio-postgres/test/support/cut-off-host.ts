import { createInterface } from "node:readline";
import { AxioError } from "axio";
import type { CredentialStore } from "axio-auth";
import { openPostgres } from "../../src/index.ts";
import { type SharedCredentials, sharedSession, sharedStore } from "./shared-session.ts";

// Usage: URL ORIGIN TIMEOUT_MS REFRESH_TIMEOUT_MS. Asks for the token at each line of the standard input, and prints it, or the
// code of the error. While it may refresh, it prints "claimed" and waits for a line, and "answered" and waits for another one.
const [connection = "", origin = "", timeoutMs = "", refreshTimeoutMs = ""] = process.argv.slice(2);
const database = await openPostgres({ connection, notifications: false, timeoutMs: Number(timeoutMs) });
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function stopAt(point: string): Promise<void> {
  process.stdout.write(`${point}\n`);
  await lines.next();
}

const store = sharedStore(database);
const stopping: CredentialStore<SharedCredentials> = {
  load: (options) => store.load(options),
  update: (change, options) =>
    store.update(async (current, transaction) => {
      await stopAt("claimed");
      const changed = await change(current, transaction);
      await stopAt("answered");
      return changed;
    }, options),
};
const session = sharedSession(stopping, origin, Number(refreshTimeoutMs));
while (!(await lines.next()).done) {
  const outcome = await session.get().then(
    ({ token }) => token,
    (error: unknown) => (AxioError.is(error) ? error.code : String(error)),
  );
  process.stdout.write(`${outcome}\n`);
}
await database.close();
