import { once } from "node:events";
import { CredentialSession, versionedFormat } from "axio-auth";
import { fixedKeys, openPostgres, PostgresCredentialStore } from "../../src/index.ts";

// Usage: URL ID KEY. Refreshes a sign-in once. Prints "asked" in the middle of the request, which is answered by a line on the
// standard input, then the access token that is stored.
const [connection = "", id = "", key = ""] = process.argv.slice(2);
const database = await openPostgres({ connection, notifications: false });
const session = new CredentialSession({
  store: new PostgresCredentialStore(database, {
    id,
    format: versionedFormat({ parse: ({ accessToken }) => ({ accessToken: String(accessToken) }) }),
    encryption: fixedKeys([key]),
  }),
  refresh: async () => {
    process.stdout.write("asked\n");
    const [line] = await once(process.stdin.setEncoding("utf8"), "data");
    return { accessToken: String(line).trim() };
  },
  expiresAt: ({ accessToken }) => (accessToken === "old" ? 1 : undefined),
  version: ({ accessToken }) => accessToken,
});
process.stdout.write(`${(await session.get()).accessToken}\n`);
process.stdin.destroy();
await database.close();
