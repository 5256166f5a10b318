import type { CredentialSession } from "axio-auth";
import { POSTGRES } from "test-support/postgres";
import { startPostgresPair } from "test-support/postgres-pair";
import { FULL_RUN, needs } from "test-support/requirements";
import { describe, expect, it, onTestFinished } from "vitest";
import { migrate, openPostgres, type PostgresCredentialStore } from "../src/index.ts";
import { type SharedCredentials, sharedSession, sharedStore } from "./support/shared-session.ts";
import { startTokenServer, type TokenServer, tokenOf } from "./support/token-server.ts";

async function open(connection: string): Promise<PostgresCredentialStore<SharedCredentials>> {
  const database = await openPostgres({ connection });
  onTestFinished(() => database.close());
  return sharedStore(database);
}

async function host(
  connection: string,
  { port }: TokenServer,
): Promise<CredentialSession<SharedCredentials>> {
  return sharedSession(await open(connection), `http://127.0.0.1:${port}`);
}

describe("A fail-over of the database right after a refresh", needs(POSTGRES, FULL_RUN), () => {
  it("to a synchronous standby loses no sign-in", async () => {
    const { primary, standby } = await startPostgresPair({ isSynchronous: true, prepare: migrate });
    const tokens = await startTokenServer();
    await (await open(primary.url())).update(async () => ({ token: tokenOf(1) }));
    expect(await (await host(primary.url(), tokens)).get()).toEqual({ token: tokenOf(2) });
    await primary.stop("immediate");
    await standby.promote();
    expect(await (await host(standby.url(), tokens)).get()).toEqual({ token: tokenOf(2) });
    expect(tokens.requests).toBe(1);
  }, 180_000);

  it("to a standby that is not synchronous may lose it: one request finds that out for all hosts, until a new sign-in", async () => {
    const { primary, standby, separate } = await startPostgresPair({
      isSynchronous: false,
      prepare: migrate,
    });
    const tokens = await startTokenServer();
    await (await open(primary.url())).update(async () => ({ token: tokenOf(1) }));
    await separate();
    expect(await (await host(primary.url(), tokens)).get()).toEqual({ token: tokenOf(2) });
    await primary.stop("immediate");
    await standby.promote();
    const hosts = [await host(standby.url(), tokens), await host(standby.url(), tokens)];
    for (const each of hosts)
      await expect(each.get()).rejects.toMatchObject({
        code: "refresh-token-reused",
        message: expect.stringContaining("Sign in again"),
      });
    expect(tokens).toMatchObject({ requests: 2, reused: 1 });
    await (await open(standby.url())).update(async () => ({ token: tokenOf(2) }));
    for (const each of hosts) expect(await each.get()).toEqual({ token: tokenOf(2) });
    expect(tokens.requests).toBe(2);
  }, 180_000);
});
