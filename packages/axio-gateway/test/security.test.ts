import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { ScriptedTransport } from "axio/testing";
import { FULL_RUN, needs, repetitions } from "test-support/requirements";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { loopbackHosts } from "../src/access/foreign-request.ts";
import { createKey, startGateway } from "../src/index.ts";
import { gateway, type TestGateway } from "./support.ts";

/** Sends a request with any `Host`, which `fetch` does not allow. */
function raw(
  { running, secret }: TestGateway,
  headers: Record<string, string>,
  path = "/v1/models",
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        port: running.port,
        host: "127.0.0.1",
        path,
        headers: { authorization: `Bearer ${secret}`, ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}

describe("requests that a web page could send", () => {
  test.each([
    ["another host (DNS rebinding)", { host: "evil.test" }, 421],
    ["another port", { host: "127.0.0.1:1" }, 421],
    ["an origin", { origin: "https://evil.test" }, 403],
    ["the origin null", { origin: "null" }, 403],
    ["a cross-site request without an origin", { "sec-fetch-site": "cross-site" }, 403],
    ["no such header", {}, 200],
  ])("%s", async (_, headers, status) => {
    const running = await gateway();
    expect(await raw(running, headers)).toBe(status);
  });

  test("a preflight is refused", async () => {
    const { url } = await gateway();
    const headers = { origin: "https://evil.test", "access-control-request-method": "POST" };
    expect((await fetch(`${url}/v1/responses`, { method: "OPTIONS", headers })).status).toBe(403);
  });

  test("an allowed origin and another name are accepted", async () => {
    const running = await gateway({ origins: ["https://mine.test"], hosts: ["ai.test"] });
    expect(await raw(running, { origin: "https://mine.test", host: "AI.test" })).toBe(200);
  });

  test("a page of an allowed origin may send its request, and read the response and its headers", async () => {
    const { url, secret } = await gateway({ origins: ["https://mine.test"] });
    const origin = { origin: "https://mine.test" };
    const preflight = await fetch(`${url}/v1/responses`, {
      method: "OPTIONS",
      headers: {
        ...origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
        "access-control-request-private-network": "true",
      },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": "https://mine.test",
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-allow-headers": "authorization,content-type",
      "access-control-allow-private-network": "true",
      vary: expect.stringContaining("origin"),
    });
    for (const stream of [false, true]) {
      const response = await fetch(`${url}/v1/responses`, {
        method: "POST",
        headers: { ...origin, authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-5.5", input: "say Hi.", user: "me", stream }),
      });
      expect(response.headers.get("access-control-allow-origin")).toBe("https://mine.test");
      expect(response.headers.get("access-control-expose-headers")).toContain("axio-warnings");
      expect(await response.text()).toContain("Hi.");
    }
  });

  test("a request without an origin gets no such headers", async () => {
    const { send } = await gateway({ origins: ["https://mine.test"] });
    expect((await send("/v1/models")).headers.has("access-control-allow-origin")).toBe(false);
  });

  test("the default port need not be named", () => {
    expect(loopbackHosts(80)).toEqual(["127.0.0.1", "localhost", "[::1]"]);
  });

  test("a form with another content type is refused", async () => {
    const { send } = await gateway();
    const response = await send("/v1/responses", '{"model":"gpt-5.5","input":"Hi"}', {
      "content-type": "text/plain",
    });
    expect(response.status).toBe(415);
  });
});

describe("keys", () => {
  test.each([
    ["no key", undefined],
    ["a wrong key", "axk_wrong"],
    ["an empty key", ""],
    ["the hash of a key", createKey({ name: "x" }).key.hash],
  ])("%s is refused on every route", async (_, secret) => {
    const { url } = await gateway();
    const headers: Record<string, string> = secret === undefined ? {} : { "x-api-key": secret };
    for (const path of ["/v1/models", "/v1/responses/resp_1", "/metrics", "/v1/usage", "/v1/unknown"])
      expect((await fetch(url + path, { headers })).status).toBe(401);
  });

  test.each(["authorization", "x-api-key", "api-key"])("a key is accepted in %s", async (name) => {
    const { url, secret } = await gateway();
    const value = name === "authorization" ? `Bearer ${secret}` : secret;
    expect((await fetch(`${url}/v1/models`, { headers: { [name]: value } })).status).toBe(200);
  });

  test("an expired key is refused like an unknown one", async () => {
    const { send } = await gateway({}, { expiresAt: 1 });
    expect((await send("/v1/models")).status).toBe(401);
  });

  test("a key may be limited to models", async () => {
    const { send } = await gateway({}, { models: ["gpt-5.4"] });
    const response = await send("/v1/responses", { model: "gpt-5.5", input: "say Hi." });
    expect(response.status).toBe(404);
    expect(JSON.stringify(await response.json())).toContain("gpt-5.4");
  });

  test("a key for a profile that the gateway does not have takes no slot", async () => {
    const { send, running } = await gateway({}, { profile: "gone", limits: { concurrency: 1, queue: 0 } });
    for (let request = 0; request < 3; request += 1) {
      const response = await send("/v1/responses", { model: "gpt-5.5", input: "say Hi." });
      expect(await response.text()).toContain("gone");
    }
    expect(running.gateway.inFlight).toBe(0);
  });

  test("one key does not see the responses of another", async () => {
    const other = createKey({ name: "other" });
    const mine = createKey({ name: "mine" });
    const { url } = await gateway({ keys: [mine.key, other.key] });
    const post = (secret: string, body: object): Promise<Response> =>
      fetch(`${url}/v1/responses`, {
        method: "POST",
        headers: { "x-api-key": secret, "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-5.5", ...body }),
      });
    const { id } = (await (await post(mine.secret, { input: "say Hi." })).json()) as { id: string };
    expect((await post(mine.secret, { input: "say Ho.", previous_response_id: id })).status).toBe(200);
    expect((await post(other.secret, { input: "say Ho.", previous_response_id: id })).status).toBe(404);
  });
});

describe("limits", () => {
  test("requests a minute", async () => {
    const { send, simulator } = await gateway({}, { limits: { requestsPerMinute: 1 } });
    await send("/v1/responses", { model: "gpt-5.5", input: "say Hi." });
    const upstream = simulator.requests.length;
    const response = await send("/v1/responses", { model: "gpt-5.5", input: "say Hi." });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(simulator.requests).toHaveLength(upstream);
  });

  test("tokens a day, which end at midnight", async () => {
    let now = Date.UTC(2026, 0, 1, 12);
    const { send } = await gateway({ now: () => now }, { limits: { tokensPerDay: 1 } });
    const ask = (): Promise<Response> => send("/v1/responses", { model: "gpt-5.5", input: "say Hi." });
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
    now += 12 * 60 * 60 * 1000;
    expect((await ask()).status).toBe(200);
  });

  test("a part of the plan, which other keys do not use up, and which ends with the plan's week", async () => {
    const clock = { now: Date.now() };
    const [small, other] = [
      createKey({ name: "small", limits: { planPercent: 5 } }),
      createKey({ name: "other" }),
    ];
    const { send, simulator } = await gateway({ keys: [small.key, other.key], now: () => clock.now });
    const week = { usedPercent: 40, windowMinutes: 10_080, resetAfterSeconds: 400_000 };
    const ask = (secret: string, path = "responses"): Promise<Response> =>
      send(
        `/v1/${path}`,
        path === "messages"
          ? { model: "gpt-5.5", max_tokens: 9, messages: [{ role: "user", content: "say Hi." }] }
          : { model: "gpt-5.5", input: "say Hi." },
        { authorization: `Bearer ${secret}` },
      );
    const use = (usedPercent: number): void => {
      simulator.rateLimits = { ...simulator.rateLimits, secondary: { ...week, usedPercent } };
    };
    // What was used before belongs to no key.
    expect((await ask(other.secret)).status).toBe(200);
    use(week.usedPercent + 20);
    expect((await ask(other.secret)).status).toBe(200);
    expect((await ask(small.secret)).status).toBe(200);
    use(week.usedPercent + 36);
    expect((await ask(small.secret)).status).toBe(200);

    const upstream = simulator.requests.length;
    const refused = await ask(small.secret);
    const { error } = (await refused.json()) as {
      error: { code: string; message: string; resets_at: number };
    };
    expect([refused.status, error.code]).toEqual([429, "quota_exceeded"]);
    expect(error.message).toContain("5 % of the plan");
    expect(Number(refused.headers.get("retry-after"))).toBeCloseTo(error.resets_at - clock.now / 1000, -1);
    const asMessage = await ask(small.secret, "messages");
    expect([asMessage.status, await asMessage.json()]).toMatchObject([
      429,
      { type: "error", error: { type: "rate_limit_error" } },
    ]);
    expect(simulator.requests).toHaveLength(upstream);
    expect((await ask(other.secret)).status).toBe(200);
    // The simulator states the reset relative to each response.
    clock.now = (error.resets_at + 3_600) * 1000;
    expect((await ask(small.secret)).status).toBe(200);
  });

  test("requests at once: further ones wait, and too many are refused", async () => {
    const { send, simulator } = await gateway({}, { limits: { concurrency: 1, queue: 1 } });
    const slow = { model: "gpt-5.5", input: "say Hi.\nwait 20s\nsay Ho.", stream: true };
    const first = await send("/v1/responses", slow);
    const second = send("/v1/responses", { model: "gpt-5.5", input: "say Hi." });
    await expect.poll(async () => (await send("/metrics")).text()).toContain("axio_gateway_queued 1");
    expect((await send("/v1/responses", slow)).status).toBe(429);
    await first.body?.cancel();
    expect((await second).status).toBe(200);
    await expect.poll(() => simulator.stats.openStreams).toBe(0);
  });

  test.each([
    ["as it is", (text: string) => text, {}],
    ["compressed", (text: string) => gzipSync(text), { "content-encoding": "gzip" }],
  ])("a body that is 100 times too large, %s", async (_, encode, headers) => {
    const maxBodyBytes = repetitions({ short: 100_000, full: 1_000_000 });
    const { url, secret } = await gateway({ maxBodyBytes });
    const body = encode(JSON.stringify({ model: "gpt-5.5", input: "x".repeat(100 * maxBodyBytes) }));
    const response = await fetch(`${url}/v1/responses`, {
      method: "POST",
      headers: { "x-api-key": secret, "content-type": "application/json", ...headers },
      body,
    }).catch(() => undefined);
    // The connection may close while the client still sends.
    if (response !== undefined) expect(response.status).toBe(413);
  });

  test("a body that is a little too large gets its response, and the connection goes on", async () => {
    const { send } = await gateway({ maxBodyBytes: 1000 });
    const body = { model: "gpt-5.5", input: "say Hi." };
    const tooLarge = { ...body, input: "x".repeat(1000) };
    const refused = await send("/v1/responses", tooLarge);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({
      error: { code: "request_too_large", message: expect.stringContaining("larger than 1000 bytes") },
    });
    expect(await (await send("/v1/messages", tooLarge)).json()).toMatchObject({
      type: "error",
      error: { type: "request_too_large" },
    });
    expect((await send("/v1/responses", body)).status).toBe(200);
  });

  test("many streams at once are all served", async () => {
    const count = repetitions({ short: 40, full: 500 });
    const { send } = await gateway({}, { limits: { concurrency: count / 10, queue: count } });
    const body = { model: "gpt-5.5", input: "say Hello there.", stream: true };
    const texts = await Promise.all(
      Array.from({ length: count }, async () => (await send("/v1/responses", body)).text()),
    );
    expect(texts.every((text) => text.includes("response.completed"))).toBe(true);
  }, 60_000);
});

describe("odd requests", () => {
  test.each([
    ["GET", "/v1/models/%E0%A4%A", 404],
    ["GET", "/v1/responses/%", 404],
    ["DELETE", "/v1/responses/%zz", 404],
    ["GET", "/v1/models/gpt%2D5.5", 200],
    ["GET", "/v1/models/vendor/model", 404],
    ["HEAD", "/v1/models", 200],
    ["HEAD", "/v1/models/gpt-5.5", 200],
  ])("%s %s: %i", async (method, path, status) => {
    const { url, secret } = await gateway();
    const clients: Record<string, string>[] = [
      {},
      path.includes("models") ? { "anthropic-version": "2023-06-01" } : {},
    ];
    for (const client of clients) {
      const headers = { "x-api-key": secret, ...client };
      expect((await fetch(url + path, { method, headers })).status).toBe(status);
    }
  });

  test("a model whose name has a slash is found, encoded or not", async () => {
    const transport = new ScriptedTransport([], [{ id: "vendor/model", capabilities: ["text"] }]);
    const { send } = await gateway({ transport });
    for (const path of ["/v1/models/vendor/model", "/v1/models/vendor%2Fmodel"])
      expect(await (await send(path)).json()).toMatchObject({ id: "vendor/model" });
  });

  test("a byte order mark before the body is ignored", async () => {
    const { send } = await gateway();
    const body = `\ufeff${JSON.stringify({ model: "gpt-5.5", input: "say Hi." })}`;
    expect((await send("/v1/responses", body)).status).toBe(200);
  });
});

test("other machines are not served unless allowed", async () => {
  const { key } = createKey({ name: "x" });
  const { simulator } = await gateway();
  void simulator;
  await expect(startGateway({ transport: {}, keys: [key], address: "0.0.0.0" })).rejects.toMatchObject({
    code: "invalid-argument",
  });
});

test("a client that does not send all of its headers is cut off", {
  ...needs(FULL_RUN),
  timeout: 60_000,
}, async () => {
  const { running } = await gateway();
  const socket = connect(running.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write("POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
});

test("metrics and facts contain no prompt and no secret", async () => {
  const { send, facts, secret } = await gateway();
  await send("/v1/responses", { model: "gpt-5.5", input: "say The magic word." });
  const metrics = await (await send("/metrics")).text();
  expect(metrics).toContain(
    'axio_gateway_requests_total{route="/v1/responses",key="test",model="gpt-5.5",status="200",code=""} 1',
  );
  expect(metrics).toContain("axio_gateway_tokens_total");
  for (const text of [metrics, JSON.stringify(facts)]) {
    expect(text).not.toContain("magic");
    expect(text).not.toContain(secret);
  }
});

test("a WebSocket needs the same host, origin and key", async () => {
  const { url, secret } = await gateway();
  const status = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/v1/responses`, { headers });
      socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
      socket.on("error", () => undefined);
      socket.on("open", () => {
        socket.terminate();
        resolve(101);
      });
    });
  expect(await status({})).toBe(401);
  expect(await status({ "x-api-key": secret, origin: "https://evil.test" })).toBe(403);
  expect(await status({ "x-api-key": secret, host: "evil.test" })).toBe(421);
  expect(await status({ "x-api-key": secret })).toBe(101);
});

test("a closing gateway lets streams end and refuses new requests", async () => {
  const { send, running, url } = await gateway({ drainMs: 10_000 });
  const body = { model: "gpt-5.5", input: "say Hi.\nwait 200ms\nsay Ho.", stream: true };
  const stream = await send("/v1/responses", body);
  const closed = running.close();
  expect(await stream.text()).toContain("response.completed");
  await closed;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});
