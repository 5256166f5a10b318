import { ScriptedTransport, stepEnd } from "axio/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { createKey, Gateway } from "../src/index.ts";

test("without a server of node:http, a stream that waits sends signs of life until its reader leaves", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  let resolve = (): void => {};
  const released = new Promise<void>((settle) => {
    resolve = settle;
  });
  const transport = new ScriptedTransport([
    async function* () {
      yield { type: "text-delta", index: 0, delta: "Hello" };
      await released;
      yield stepEnd();
    },
  ]);
  const { key, secret } = createKey({ name: "test" });
  const gateway = new Gateway({ transport, keys: [key], keepAliveMs: 1000, hosts: ["localhost"] });
  const response = await gateway.fetch(
    new Request("http://localhost/v1/responses", {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", host: "localhost" },
      body: JSON.stringify({ model: "scripted", input: "Hi", stream: true }),
    }),
  );
  const reader = response.body?.getReader();
  const read = async (): Promise<string> => new TextDecoder().decode((await reader?.read())?.value);
  expect(await read()).toContain("Hello");
  for (let pings = 0; pings < 2; pings += 1) {
    const next = read();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await next).toBe(": keep-alive\n\n");
  }
  const left = reader?.cancel();
  await vi.advanceTimersByTimeAsync(1000);
  expect(vi.getTimerCount()).toBe(0);
  resolve();
  await left;
  expect(gateway.inFlight).toBe(0);
});
