import { describe, expect, test } from "vitest";
import { parseModels } from "../src/model-list.ts";

test("the lowest priority is first, or else what the list names first", () => {
  const body = { models: [{ slug: "a", priority: 2 }, { slug: "b" }, { slug: "c", priority: 1 }] };
  expect(parseModels(body, "priority").models.ids()).toEqual(["c", "a", "b"]);
  expect(parseModels(body, "listed").models.ids()).toEqual(["a", "b", "c"]);
});

describe("an answer with odd entries", () => {
  test("costs none of the others", () => {
    const { models, skipped } = parseModels(
      {
        models: [null, { slug: 7 }, { slug: "" }, { slug: "a" }, { slug: "a" }, { slug: "b", priority: -1 }],
      },
      "priority",
    );
    expect([models.ids(), skipped]).toEqual([["b", "a"], 4]);
    expect(models.get("a").capabilities).toEqual(["text", "tool-use"]);
  });

  test.each([[null], [[]], [{}], [{ models: {} }], ["text"]])("%j holds no models", (body) => {
    expect(parseModels(body, "priority").models.size).toBe(0);
  });
});
