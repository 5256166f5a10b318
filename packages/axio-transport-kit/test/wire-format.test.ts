import { ModelRegistry, type TransportEvent } from "axio";
import { expect, test } from "vitest";
import { ApiService, ApiTransport, type ServiceConfig, type WireFormat } from "../src/index.ts";
import { asking, fails, outcomeOf, startApi, streams } from "./support/responses-api.ts";

interface Key {
  readonly apiKey: string;
}

const USAGE = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };

/** A format in which the only event is `{ ended: true }`. */
function tinyWire(more: Partial<WireFormat> = {}): WireFormat {
  return {
    key: "tiny",
    ownParameters: new Set(["about"]),
    path: () => "responses",
    buildBody: (call, { parameters }) => ({ ...parameters, about: call.system }),
    createDecoder: () => {
      let done = false;
      return {
        get done() {
          return done;
        },
        blockCount: 0,
        decode(event: unknown, out: TransportEvent[]) {
          if (typeof event !== "string" || !event.includes("ended")) return;
          done = true;
          out.push({ type: "step-end", stopReason: "end", usage: USAGE });
        },
        end() {},
      };
    },
    classify: () => undefined,
    ...more,
  };
}

function transportTo(url: URL, more: Partial<ServiceConfig<Key>> = {}, parameters = {}): ApiTransport<Key> {
  const config: ServiceConfig<Key> = {
    name: "Tiny",
    providerKey: "tiny",
    baseUrl: url,
    session: { get: async () => ({ apiKey: "k-1" }), handleUnauthorized: async () => undefined },
    fetch: (input, init) => fetch(input, init),
    headers: ({ apiKey }) => ({ "x-api-key": apiKey }),
    accountOf: ({ apiKey }) => apiKey,
    wire: tinyWire(),
    models: {
      load: async () => ({ models: new ModelRegistry([]), skipped: 0 }),
      builtIn: new ModelRegistry([{ id: "large", capabilities: ["text"] }]),
      defaultId: "large",
    },
    ...more,
  };
  return new ApiTransport(new ApiService(config, { model: "large", parameters, retry: { maxRetries: 0 } }));
}

const ENDED = streams([{ ended: true }]);

test("a wire format decides on path, body and headers, and its events come back", async () => {
  const api = await startApi(ENDED);
  const wire = tinyWire({ headers: ({ model }) => ({ "x-model": model.id }) });
  const { events } = await outcomeOf(transportTo(api.url, { wire }, { more: 1, about: 2 }).stream(asking()));
  expect(events).toEqual([{ type: "step-end", stopReason: "end", usage: USAGE }]);
  const [call] = api.calls();
  expect(call?.body).toEqual({ more: 1, about: "Be brief." });
  expect(call?.headers).toMatchObject({ "x-model": "large", "x-api-key": "k-1" });
  expect(call?.headers.authorization).toBeUndefined();
});

test("credentials that have no successor report the server's own 401, after one request", async () => {
  const api = await startApi(fails(401, { message: "Who is this?" }));
  const { error } = await outcomeOf(transportTo(api.url).stream(asking()));
  expect(error).toMatchObject({ code: "unauthenticated", message: expect.stringContaining("Who is this?") });
  expect(api.calls()).toHaveLength(1);
});

test("the query of the base URL is part of every request", async () => {
  const api = await startApi(ENDED);
  const url = new URL("?api-version=2", api.url);
  expect((await outcomeOf(transportTo(url).stream(asking()))).error).toBeUndefined();
  expect(api.received.map(({ path }) => path)).toEqual(["/v1/responses?api-version=2"]);
});

test("a body of JSON is decoded as one event if the format accepts it, and refused otherwise", async () => {
  const api = await startApi((response) =>
    response.writeHead(200, { "content-type": "application/json" }).end('{"ended":true}'),
  );
  const wire = tinyWire({ acceptsJson: true });
  const { events } = await outcomeOf(transportTo(api.url, { wire }).stream(asking()));
  expect(events).toHaveLength(1);
  expect((await outcomeOf(transportTo(api.url).stream(asking()))).error?.code).toBe("protocol");
});

test("tokens are counted as the format says, and not without that", async () => {
  const api = await startApi((response) =>
    response.writeHead(200, { "content-type": "application/json" }).end('{"tokens":12}'),
  );
  const wire = tinyWire({
    tokenCount: {
      path: () => "responses",
      toBody: (body) => ({ count: body }),
      read: (response) => (response as { readonly tokens?: number }).tokens,
    },
  });
  expect(await transportTo(api.url, { wire }).countTokens(asking())).toBe(12);
  expect(api.calls()[0]?.body).toEqual({ count: { about: "Be brief." } });
  await expect(transportTo(api.url).countTokens(asking())).rejects.toMatchObject({
    code: "invalid-argument",
  });
});
