import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CredentialSession, versionedFormat } from "axio-auth";
import { bundleScript } from "test-support/bundle-script";
import { POSTGRES, startPostgres } from "test-support/postgres";
import { needs } from "test-support/requirements";
import { NETWORKS, openNetwork } from "test-support/separate-network";
import { describe, expect, it, onTestFinished } from "vitest";
import { fixedKeys, openPostgres, PostgresCredentialStore } from "../src/index.ts";

const HOST = await bundleScript(fileURLToPath(new URL("./support/cut-off-host.ts", import.meta.url)));
const KEY = randomBytes(32).toString("base64");
const FORMAT = versionedFormat({ parse: ({ accessToken }) => ({ accessToken: String(accessToken) }) });

describe(
  "A host that is cut off from the database between the response and the save of a refresh",
  needs(POSTGRES, NETWORKS),
  () => {
    it("loses no sign-in: it saves when the network is back, and the others wait for that", async () => {
      const network = await openNetwork();
      onTestFinished(() => network[Symbol.asyncDispose]());
      const server = await startPostgres({ listen: network.address });
      onTestFinished(() => server[Symbol.asyncDispose]());
      const database = await openPostgres({ connection: server.url(), migrate: true });
      onTestFinished(() => database.close());
      const open = () =>
        new PostgresCredentialStore(database, { id: "shared", format: FORMAT, encryption: fixedKeys([KEY]) });
      await open().update(async () => ({ accessToken: "old" }));

      const [program, ...first] = network.enter;
      const url = server.url("postgres", { host: network.address });
      const host = spawn(program, [...first, process.execPath, HOST, url, "shared", KEY], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      onTestFinished(() => void host.kill("SIGKILL"));
      const lines = linesOf(host);
      expect(await lines.next()).toMatchObject({ value: "asked" });
      await network.cut();
      host.stdin.write("new\n");
      await expect.poll(() => network.unacknowledged(), { timeout: 20_000 }).toBeGreaterThan(0);

      let requests = 0;
      const other = new CredentialSession({
        store: open(),
        refresh: async () => {
          requests += 1;
          return { accessToken: "second" };
        },
        expiresAt: ({ accessToken }) => (accessToken === "old" ? 1 : undefined),
        version: ({ accessToken }) => accessToken,
      });
      const waiting = other.get();
      await network.heal();
      expect(await lines.next()).toMatchObject({ value: "new" });
      expect(await waiting).toEqual({ accessToken: "new" });
      expect(requests).toBe(0);
    }, 120_000);
  },
);

function linesOf({ stdout }: ChildProcess): AsyncIterator<string> {
  if (stdout === null) throw new Error("There is no output.");
  return createInterface({ input: stdout })[Symbol.asyncIterator]();
}
