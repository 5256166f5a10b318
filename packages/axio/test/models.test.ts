import { ModelRegistry, type ModelSpec } from "axio";
import { describe, expect, it } from "vitest";
import { failure } from "./support.ts";

const model = (id: string, rest: Partial<ModelSpec> = {}): ModelSpec => ({
  id,
  capabilities: ["text"],
  ...rest,
});
const models = new ModelRegistry([
  model("gpt-b", { capabilities: ["text", "vision"], cost: { inputPerMillion: 1, outputPerMillion: 9 } }),
  model("o1", { displayName: "Thinker", description: "For hard Questions" }),
  model("gpt-a", { cost: { inputPerMillion: 2, outputPerMillion: 3 } }),
  model("gpt-c", { cost: { inputPerMillion: 1, outputPerMillion: 3 } }),
]);

describe("a model registry", () => {
  it("keeps the provider's order", () => {
    expect(models.ids()).toEqual(["gpt-b", "o1", "gpt-a", "gpt-c"]);
    expect([...models].map(({ id }) => id)).toEqual(models.ids());
    expect(models.size).toBe(4);
  });

  it("finds by id, and names the models there are where there is none", async () => {
    expect(models.get("o1").displayName).toBe("Thinker");
    expect(models.has("toString")).toBe(false);
    expect(models.find("o2")).toBeUndefined();
    expect(await failure((async () => models.get("o2"))())).toMatchObject({
      code: "model-not-supported",
      message: 'There is no model "o2". Choose one of: gpt-b, o1, gpt-a, gpt-c.',
      details: { models: models.ids() },
    });
    expect(() => new ModelRegistry([]).get("o1")).toThrow(/list of models is empty/);
  });

  it("filters by prefix, capability and words", () => {
    expect(models.byPrefix("gpt").ids()).toEqual(["gpt-b", "gpt-a", "gpt-c"]);
    expect(models.byCapability("text", "vision").ids()).toEqual(["gpt-b"]);
    expect(models.byCapability().size).toBe(4);
    expect(models.search("QUESTIONS think").ids()).toEqual(["o1"]);
    expect(models.search(" ").size).toBe(4);
  });

  it("orders by cost, those without a price last", () => {
    expect(models.byCost().ids()).toEqual(["gpt-c", "gpt-a", "gpt-b", "o1"]);
  });

  it("refuses an empty id and one that stands twice", () => {
    expect(() => new ModelRegistry([model("")])).toThrow(/empty id/);
    expect(() => new ModelRegistry([model("a"), model("a")])).toThrow(/listed twice/);
  });
});
