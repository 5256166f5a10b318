import { readFile } from "node:fs/promises";
import { type ToolDefinition, userMessage } from "axio";
import { CLAUDE_MODELS, findClaudeRefusal } from "axio-simulator";
import { describe, expect, test } from "vitest";
import { factsOf, knownFacts } from "../src/models/find-facts.ts";
import { ANTHROPIC_MODELS, loadModels } from "../src/models/model-list.ts";
import type { RequestOptions } from "../src/request/options.ts";
import { build } from "./support/build.ts";
import { requestJudge } from "./support/fixtures.ts";

const judge = requestJudge();
const EFFORTS = [undefined, "none", "low", "medium", "high", "xhigh", "max"];
const READ: ToolDefinition = {
  name: "read",
  description: "Reads a file.",
  inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};
const CHOICES = ["auto", "none", "required", { name: "read" }] as const;

function request(model: string, options: RequestOptions) {
  return build([userMessage("Hi")], { model, tools: [READ], options });
}

describe.each(CLAUDE_MODELS)("$id", (claude) => {
  test("accepts each effort with each tool choice, after what it refuses was replaced", () => {
    for (const effort of EFFORTS) {
      for (const toolChoice of CHOICES) {
        for (const thinking of [undefined, "off", { budgetTokens: 4_000 }] as const) {
          const options: RequestOptions = { reasoning: { effort }, toolChoice, thinking };
          const { body, betas } = request(claude.id, options);
          const refusal = findClaudeRefusal(body, { model: claude, betas: new Set(betas) });
          expect(refusal, JSON.stringify([options, { ...body, messages: 0 }])).toBeUndefined();
          expect(judge(body)).toBe("");
        }
      }
    }
  });

  test("accepts its options, after what it refuses was left out", () => {
    const parameters = { temperature: 0.5, top_p: 0.5, top_k: 5, stop_sequences: ["END"] };
    const { body, warnings } = request(claude.id, { maxTokens: 1_000_000, parameters });
    expect(findClaudeRefusal(body, { model: claude })).toBeUndefined();
    expect(body["stop_sequences"]).toEqual(["END"]);
    expect(warnings.map(({ code }) => code)).toContain("unsupported-parameter");
    expect(body["max_tokens"]).toBe(claude.maxTokens);
  });

  test("has the facts of the table as the simulator states them", () => {
    expect(knownFacts(claude.id)).toMatchObject({
      contextWindow: claude.contextWindow,
      maxOutputTokens: claude.maxTokens,
      thinksByDefault: claude.thinksByDefault,
      efforts: claude.efforts,
      forcedToolChoice: claude.forcedToolChoice,
      sampling: claude.samples,
      bindsThinkingToPrefix: claude.bindsThinking,
      minCacheTokens: expect.closeTo(claude.cacheMinimum, -3),
      maxImages: claude.maxImages,
    });
    expect([...(knownFacts(claude.id)?.thinking ?? [])].sort()).toEqual([...claude.thinking].sort());
  });
});

test("the simulator has each built-in model, so that the tests above try it", () => {
  expect(CLAUDE_MODELS.map(({ id }) => id)).toEqual(expect.arrayContaining([...ANTHROPIC_MODELS.ids()]));
});

/** The table of models of docs/anthropic.md: names, thinking, effort, forced tool call, sampling. */
async function documentedModels(): Promise<readonly (readonly string[])[]> {
  const page = await readFile(new URL("../../../docs/anthropic.md", import.meta.url), "utf8");
  const [, rows = ""] = /\n\| Model \|.*\n\|-.*\n((?:\|.*\n)+)/.exec(page) ?? [];
  return rows
    .trim()
    .split("\n")
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const FORCED = { never: "no", "without-thinking": "without thinking", always: "yes" } as const;

test.each(ANTHROPIC_MODELS.ids())("docs/anthropic.md states the facts of %s", async (id) => {
  const facts = knownFacts(id);
  const [, family = "", version = ""] = /^Claude (\w+) ([\d.]+)$/.exec(facts?.displayName ?? "") ?? [];
  const name = new RegExp(`\\b${family} (?:[\\d.]+ and )?${version.replace(".", "\\.")}(?![\\d.])`);
  const rows = (await documentedModels()).filter(([names = ""]) => name.test(names));
  const { efforts = [], forcedToolChoice = "never", sampling } = facts ?? {};
  const isRange = efforts.length === 5;
  const effort = isRange ? "low to max" : efforts.length === 0 ? "–" : efforts.join(", ");
  expect(rows.map(([, , ...cells]) => cells)).toEqual([
    [effort, FORCED[forcedToolChoice], sampling === true ? "yes" : "no"],
  ]);
});

describe("thinking", () => {
  test.each([
    ["claude-opus-5-5", {}, { type: "adaptive", display: "summarized" }, undefined],
    [
      "claude-opus-5-5",
      { reasoning: { effort: "xhigh" } },
      { type: "adaptive", display: "summarized" },
      "xhigh",
    ],
    [
      "claude-opus-5-5",
      { reasoning: { effort: "none" } },
      { type: "adaptive", display: "summarized" },
      "low",
    ],
    ["claude-sonnet-5-5", { reasoning: { effort: "none" } }, { type: "between_tools" }, undefined],
    ["claude-haiku-5-5", { thinking: "off", reasoning: { effort: "max" } }, { type: "disabled" }, "high"],
    [
      "claude-opus-4-6",
      { reasoning: { effort: "xhigh" } },
      { type: "adaptive", display: "summarized" },
      "high",
    ],
    [
      "claude-opus-4-6",
      { thinking: { budgetTokens: 5000 } },
      { type: "enabled", budget_tokens: 5000 },
      undefined,
    ],
    [
      "claude-opus-4-5",
      { reasoning: { effort: "high" } },
      { type: "enabled", budget_tokens: 16_384 },
      "high",
    ],
    [
      "claude-sonnet-4-5",
      { reasoning: { effort: "low" } },
      { type: "enabled", budget_tokens: 2048 },
      undefined,
    ],
    [
      "claude-sonnet-4-5",
      { reasoning: { effort: "max" }, maxTokens: 8000 },
      { type: "enabled", budget_tokens: 7999 },
      undefined,
    ],
    ["claude-sonnet-4-5", {}, undefined, undefined],
    ["claude-next-9", {}, undefined, undefined],
    ["claude-next-9", { reasoning: { effort: "high" } }, undefined, "high"],
    [
      "claude-opus-5-5",
      { reasoning: { summary: "none" } },
      { type: "adaptive", display: "omitted" },
      undefined,
    ],
    ["claude-opus-5-5", { display: "updates" }, { type: "adaptive", display: "updates" }, undefined],
  ] as const)("%s with %j", (model, options, thinking, effort) => {
    const { body } = request(model, options as RequestOptions);
    expect(body["thinking"]).toEqual(thinking);
    expect(body["output_config"]).toEqual(effort === undefined ? undefined : { effort });
  });

  test("the notes of display updates need their beta", () => {
    expect(request("claude-opus-5-5", { display: "updates" }).betas).toEqual([
      "thinking-display-updates-2026-08-18",
    ]);
  });

  test("the older mode is left out if the step whose tools ran does not begin with thinking", () => {
    const messages = [
      userMessage("Hi"),
      {
        role: "assistant" as const,
        content: [{ type: "tool-use" as const, id: "a", name: "read", input: {} }],
      },
      userMessage([{ type: "tool-result", toolCallId: "a", content: "ok" }]),
    ];
    const options: RequestOptions = { reasoning: { effort: "high" } };
    expect(build(messages, { model: "claude-sonnet-4-5", options }).body["thinking"]).toBeUndefined();
  });
});

describe("a forced tool call", () => {
  test.each([
    ["claude-opus-5-5", undefined, "adaptive"],
    ["claude-haiku-5-5", { type: "any" }, "adaptive"],
    ["claude-opus-5", { type: "any" }, "disabled"],
    ["claude-opus-4-8", { type: "any" }, undefined],
    ["claude-fable-5", { type: "any" }, "adaptive"],
  ])("%s: %j with thinking %s", (model, choice, thinking) => {
    const { body, warnings } = request(model, { toolChoice: "required" });
    expect(body["tool_choice"]).toEqual(choice);
    expect((body["thinking"] as { type?: string } | undefined)?.type).toBe(thinking);
    expect(warnings.map(({ details }) => details)).toEqual(
      choice === undefined ? [{ parameter: "toolChoice" }] : [],
    );
  });

  test("names a tool that exists", () => {
    expect(request("claude-opus-5", { toolChoice: { name: "read" } }).body["tool_choice"]).toEqual({
      type: "tool",
      name: "read",
    });
    expect(() => request("claude-opus-5", { toolChoice: { name: "write" } })).toThrow(
      expect.objectContaining({
        code: "invalid-argument",
        message: expect.stringContaining("Choose one of: read"),
      }),
    );
  });
});

describe("the list of models", () => {
  test("facts of the list come before those of the table", () => {
    const facts = factsOf({
      id: "claude-opus-4-8",
      capabilities: [],
      efforts: ["low"],
      maxOutputTokens: 9,
      providerData: { thinking: ["enabled"], structuredOutput: false },
    });
    expect(facts).toMatchObject({
      efforts: ["low"],
      maxOutputTokens: 9,
      thinking: ["enabled", "disabled"],
      structuredOutput: false,
    });
  });

  test.each([
    "claude-opus-4-5-20251101",
    "claude-opus-4-5-latest",
    "anthropic/claude-opus-4-5",
    "claude-opus-4-5@20251101",
  ])("%s is a known model", (id) => {
    expect(knownFacts(id)?.displayName).toBe("Claude Opus 4.5");
  });

  test.each(["claude-opus-4-5-turbo", "claude-opus-9", "my-claude-opus-4-5", ""])(
    "%j is an unknown model",
    (id) => {
      expect(knownFacts(id)).toBeUndefined();
    },
  );

  test("is read page by page, whatever a gateway leaves out", async () => {
    const pages = [
      {
        data: [
          { id: "a" },
          { type: "model" },
          7,
          {
            id: "claude-sonnet-5-5",
            display_name: "S",
            max_tokens: 5,
            capabilities: { effort: { supported: false }, image_input: { supported: false }, thinking: null },
          },
        ],
        has_more: true,
        last_id: "x",
      },
      { data: [{ id: "a" }, { id: "b", capabilities: null }], has_more: false },
    ];
    const asked: string[] = [];
    const { models, skipped } = await loadModels(async (path) => {
      asked.push(path);
      return pages[asked.length - 1];
    });
    expect(asked).toEqual(["models?limit=1000", "models?limit=1000&after_id=x"]);
    expect([models.ids(), skipped]).toEqual([["a", "claude-sonnet-5-5", "b"], 2]);
    const sonnet = models.get("claude-sonnet-5-5");
    expect(sonnet).toMatchObject({ displayName: "S", maxOutputTokens: 5, inputModalities: ["text"] });
    expect(sonnet.efforts).toBeUndefined();
    expect(models.get("a")).toEqual({ id: "a", capabilities: ["text", "tool-use"] });
  });

  test("the built-in models have windows and prices", () => {
    for (const model of ANTHROPIC_MODELS) {
      expect(model).toMatchObject({
        contextWindow: expect.any(Number),
        maxOutputTokens: expect.any(Number),
        cost: { inputPerMillion: expect.any(Number) },
      });
    }
  });
});
