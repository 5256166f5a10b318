import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryCredentialStore } from "axio-auth";
import { afterEach, expect, test, vi } from "vitest";
import { CodexTransport, type Credentials, login, logout, refreshAccessToken } from "../src/index.ts";
import { asking, failureOf, simulate, textOf } from "./support.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("sign-in, refresh, stream and sign-out use SSL_CERT_FILE without an option", async () => {
  const simulator = await simulate({ https: true, deviceIntervalSeconds: 1 });
  const directory = await mkdtemp(join(tmpdir(), "axio-ca-"));
  await writeFile(join(directory, "ca.pem"), simulator.caPem ?? "");
  const { issuer, baseUrl } = simulator;
  const store = new MemoryCredentialStore<Credentials>();
  const signIn = (): Promise<Credentials> =>
    login({
      store,
      issuer,
      method: "device",
      onProgress: (step) => {
        if (step.type === "device-code") simulator.decideDevice(step.userCode);
      },
    });
  const error = await failureOf(signIn());
  expect(error.message).toContain("NODE_EXTRA_CA_CERTS");
  vi.stubEnv("SSL_CERT_FILE", join(directory, "ca.pem"));
  const credentials = await signIn();
  await store.update(async () => refreshAccessToken(credentials, { issuer }));
  const transport = new CodexTransport({ credentials: store, baseUrl, issuer, model: "gpt-5.5" });
  expect(await textOf(transport.stream(asking("say Trusted")))).toBe("Trusted");
  expect(await logout({ store, issuer })).toMatchObject({ revoked: true });
  await rm(directory, { recursive: true });
});

test("an unusable proxy URL causes an error with the variable and without its value", async () => {
  vi.stubEnv("HTTPS_PROXY", "gopher://secret@proxy.example.test");
  const error = await failureOf(login({ store: new MemoryCredentialStore() }));
  expect(error.code).toBe("invalid-argument");
  expect(error.message).toContain("HTTPS_PROXY");
  expect(error.message).not.toContain("secret");
});
