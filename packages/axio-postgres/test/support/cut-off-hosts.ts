import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CredentialSession } from "axio-auth";
import { bundleScript } from "test-support/bundle-script";
import { startPostgres } from "test-support/postgres";
import { type NetworkLink, openNetwork } from "test-support/separate-network";
import { onTestFinished } from "vitest";
import { openPostgres } from "../../src/index.ts";
import { type SharedCredentials, sharedSession, sharedStore } from "./shared-session.ts";
import { startTokenServer, type TokenServer, tokenOf } from "./token-server.ts";

const HOST = await bundleScript(fileURLToPath(new URL("./cut-off-host.ts", import.meta.url)));

/** A process in a network of its own that shares the sign-in. */
interface Host {
  /** Asks for the token. */
  ask(): void;
  /** Returns the point at which it waits, or the outcome of what was asked. */
  next(): Promise<string>;
  /** Lets it go on. */
  go(): void;
  /** Lets it go on at each point. Returns the outcome. */
  outcome(): Promise<string>;
  /** Asks, and lets it go on at each point. Returns the outcome. */
  get(): Promise<string>;
}

/** A host that can be cut off from the database and from the authorization server, and another one that cannot. */
export interface CutOffHosts {
  readonly database: NetworkLink;
  readonly authorization: NetworkLink;
  readonly tokens: TokenServer;
  readonly host: Host;
  /** Another host, in this process. */
  other(): CredentialSession<SharedCredentials>;
  /** Lets the time of the claim that a host has be over. */
  endClaim(): Promise<void>;
}

/** Starts all of it until the end of the test. The token of the sign-in has expired. */
export async function openCutOffHosts({
  timeoutMs = 15_000,
  refreshTimeoutMs = 60_000,
} = {}): Promise<CutOffHosts> {
  const network = await openNetwork();
  onTestFinished(() => network[Symbol.asyncDispose]());
  const authorization = await network.link();
  const server = await startPostgres({ listen: network.address });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const tokens = await startTokenServer();
  const database = await openPostgres({ connection: server.url(), migrate: true });
  onTestFinished(() => database.close());
  await sharedStore(database).update(async () => ({ token: tokenOf(1) }));

  const [program, ...first] = network.enter;
  const url = server.url("postgres", { host: network.address });
  const origin = `http://${authorization.address}:${tokens.port}`;
  const options = [url, origin, String(timeoutMs), String(refreshTimeoutMs)];
  const child = spawn(program, [...first, process.execPath, HOST, ...options], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (line: string): void => void child.stdin.write(`${line}\n`);
  const next = async (): Promise<string> => String((await lines.next()).value);
  const outcome = async (): Promise<string> => {
    for (;;) {
      const line = await next();
      if (line !== "claimed" && line !== "answered") return line;
      send("go");
    }
  };
  return {
    database: network,
    authorization,
    tokens,
    host: {
      ask: () => send("ask"),
      go: () => send("go"),
      next,
      outcome,
      get() {
        send("ask");
        return outcome();
      },
    },
    other: () => sharedSession(sharedStore(database), `http://127.0.0.1:${tokens.port}`),
    endClaim: async () => void (await server.sql("UPDATE axio.credential SET claim_until = now()")),
  };
}
