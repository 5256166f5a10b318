import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { bundleScript } from "test-support/bundle-script";
import { needs, POSIX } from "test-support/requirements";
import { describe, expect, onTestFinished, test } from "vitest";

/** Refreshes with a timeout of one second, and prints the outcome. */
const SCRIPT = `
  import { CredentialSession, FileCredentialStore, refreshToken, versionedFormat } from "axio-auth";
  const [url, path] = process.argv.slice(2);
  const store = new FileCredentialStore({ path, format: versionedFormat({ parse: (value) => value }) });
  await store.update(async () => ({ token: "old", refresh: "r", expiresAt: 1 }));
  const session = new CredentialSession({
    store,
    refreshTimeoutMs: 1_000,
    refresh: async (old, signal) => {
      const fresh = await refreshToken({ url, clientId: "c", refreshToken: old.refresh, signal, timeoutMs: 1_000 });
      return { token: fresh.accessToken, refresh: fresh.refreshToken, expiresAt: fresh.expiresAt };
    },
    expiresAt: ({ expiresAt }) => expiresAt,
    version: ({ token }) => token,
  });
  const outcome = await session.get().then(({ token }) => token, ({ code }) => code);
  console.log(outcome, (await store.load()).token);
`;

const BODY = JSON.stringify({ access_token: "new", refresh_token: "r2", expires_in: 3_600 });

describe("a process that is stopped in mid-refresh for longer than the timeout", needs(POSIX), () => {
  test.each([
    ["before the response", (response: ServerResponse) => void response.end(BODY)],
    [
      "in the middle of the response",
      (response: ServerResponse) => {
        response.write(BODY.slice(0, 10));
        setTimeout(() => response.end(BODY.slice(10)), 100);
      },
    ],
  ])("reads what came meanwhile (stopped %s)", async (_, respond) => {
    const directory = await mkdtemp(join(tmpdir(), "axio-stopped-"));
    const script = await bundleScript({ code: SCRIPT, directory: import.meta.dirname });
    let stop = (): void => undefined;
    const server = createServer((request, response) => {
      request.resume().once("end", () => {
        stop();
        response.writeHead(200, { "content-type": "application/json" });
        respond(response);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    const child = spawn(process.execPath, [script, url, join(directory, "x.json")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(async () => {
      child.kill("SIGKILL");
      server.close();
      await rm(directory, { recursive: true, force: true });
    });
    const stopped = new Promise<void>((resolve) => {
      stop = () => {
        child.kill("SIGSTOP");
        resolve();
      };
    });
    const line = once(createInterface({ input: child.stdout }), "line");
    await stopped;
    // Longer than each of its timeouts.
    await sleep(2_500);
    child.kill("SIGCONT");
    expect(await line).toEqual(["new new"]);
  });
});
