import { afterEach, expect, test, vi } from "vitest";
import { AccountModels, MODELS_TTL_MS } from "../src/account-models.ts";
import { ApiService } from "../src/index.ts";
import { configOf, type Ticket } from "./support/responses-api.ts";

afterEach(() => {
  vi.useRealTimers();
});

const { signal } = new AbortController();
const version = (etag: string): Headers => new Headers({ "x-list": etag });

/** The models of a service whose list has the version `1`, and how often the list was requested. */
function modelsOf(): { readonly models: AccountModels<Ticket>; readonly requests: () => number } {
  let requests = 0;
  const config = configOf({ url: new URL("https://api.example.com/v1") });
  const service = new ApiService(
    {
      ...config,
      models: { ...config.models, etagHeader: "x-list" },
      fetch: async () => {
        requests += 1;
        return Response.json({ models: [{ slug: "large" }] }, { headers: { etag: "1" } });
      },
    },
    {},
  );
  return { models: new AccountModels(service), requests: () => requests };
}

test("a response that states the same version keeps the list valid, and one without a version does not", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
  const { models, requests } = modelsOf();
  expect(models.noteVersion(version("1"), () => signal)).toBeUndefined();
  await models.fetch(signal);
  vi.setSystemTime(1_000);
  expect(models.noteVersion(version("1"), () => signal)).toBeUndefined();
  vi.setSystemTime(2_000);
  expect(models.noteVersion(new Headers(), () => signal)).toBeUndefined();
  vi.setSystemTime(MODELS_TTL_MS + 999);
  await models.fetch(signal);
  expect(requests()).toBe(1);
  vi.setSystemTime(MODELS_TTL_MS + 1_000);
  await models.fetch(signal);
  expect(requests()).toBe(2);
});

test("another version is requested once, even if its ETag never becomes ours", async () => {
  const { models, requests } = modelsOf();
  await models.fetch(signal);
  await models.noteVersion(version("2"), () => signal);
  expect(models.noteVersion(version("2"), () => signal)).toBeUndefined();
  expect(requests()).toBe(2);
});
