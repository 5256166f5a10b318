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

describe("ModelRegistry", () => {
  it("keeps the order of the provider", () => {
    expect(models.ids()).toEqual(["gpt-b", "o1", "gpt-a", "gpt-c"]);
    expect([...models].map(({ id }) => id)).toEqual(models.ids());
    expect(models.size).toBe(4);
  });

  it("finds models by id, and names the listed ones if there is none", async () => {
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

  it("rejects an empty id and one that is listed twice", () => {
    expect(() => new ModelRegistry([model("")])).toThrow(/empty id/);
    expect(() => new ModelRegistry([model("a"), model("a")])).toThrow(/listed twice/);
  });
});
