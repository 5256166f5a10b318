import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileCredentialStore } from "axio-auth";
import { Worker } from "test-support/credentials/crew";
import { credentialScript, describeCredentialRace } from "test-support/credentials/describe-race";
import { expect, onTestFinished, test, vi } from "vitest";
import { CHATGPT_CREDENTIAL_FORMAT, ChatGPTTransport } from "../src/index.ts";
import { asking, collect, failureOf, issued, simulate } from "./support.ts";

describeCredentialRace("chatgpt");

test("a process that dies during a refresh leaves a mark, so that the next one reports a lost response", async () => {
  // Only the server knows whether it has changed the tokens.
  const simulator = await simulate({ violations: ["reuse"] });
  simulator.faults.add({ name: "stall_before_headers", parameters: { after: "true" } }, { target: "token" });
  const directory = await mkdtemp(join(tmpdir(), "axio-crash-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "chatgpt.json");
  const store = new FileCredentialStore({ path, format: CHATGPT_CREDENTIAL_FORMAT });
  await store.update(async () => issued(simulator, { lifetimeSeconds: -5 }));
  const { apiBaseUrl: baseUrl, issuer } = simulator;
  const options = { route: "chatgpt", path, baseUrl, issuer, lockStaleAfterMs: 400 } as const;
  const worker = await Worker.start(await credentialScript("worker"), options);
  onTestFinished(() => worker.kill());
  const call = worker.call({ id: 1, delayMs: 0 });
  await vi.waitUntil(() => simulator.stats.refreshes === 1, { timeout: 20_000, interval: 1 });
  await worker.kill();
  expect(await call).toBeUndefined();
  expect((await store.load())?.refreshStartedAt).toBeGreaterThan(0);
  const transport = new ChatGPTTransport({ credentials: store, baseUrl, issuer, model: "gpt-5.5" });
  const error = await failureOf(collect(transport.stream(asking("say Hello"))));
  expect(error).toMatchObject({ code: "refresh-response-lost" });
  const stored = await store.load();
  expect(stored).toMatchObject({ refreshToken: "", ended: { by: "refresh-response-lost" } });
  expect(stored?.clientId).toMatch(/^oaiapp_/);
}, 60_000);
