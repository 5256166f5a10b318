import { ModelRegistry } from "axio";
import { expect, test } from "vitest";
import { MODELS_TTL_MS, ModelCache } from "../src/model-cache.ts";

const MODELS = new ModelRegistry([{ id: "gpt-5.5", capabilities: ["text"] }]);

test("an answer that names the same list makes it hold longer, and one without a name says nothing", () => {
  const cache = new ModelCache();
  expect(cache.note("a", 0)).toBe(false);
  cache.set(MODELS, "a", 0);
  expect(cache.get(MODELS_TTL_MS - 1)).toBe(MODELS);
  expect(cache.note("a", 1000)).toBe(false);
  expect(cache.get(MODELS_TTL_MS + 999)).toBe(MODELS);
  expect(cache.note(null, 2000)).toBe(false);
  expect(cache.get(MODELS_TTL_MS + 1000)).toBeUndefined();
});
