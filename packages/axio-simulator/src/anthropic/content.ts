import { createHash } from "node:crypto";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { quoteResults, type Section, type Step } from "../stream/script.ts";
import type { ClaudeModel } from "./models.ts";
import { signThinking, type ThinkingOrigin } from "./signatures.ts";

/** A block of a response and the text of its input, which may not be JSON. */
export interface PlannedBlock {
  readonly block: JsonObject;
  /** The input as it is streamed. `undefined` if the block has none. */
  readonly inputText?: string;
}

/** A pause between two blocks, or a block. */
export type PlannedStep = PlannedBlock | { readonly waitMs: number };

/** The facts that blocks are made from. */
export interface ContentContext {
  readonly model: ClaudeModel;
  readonly results: readonly string[];
  /** Makes the ids of this response unique. */
  readonly seed: string;
  readonly origin: ThinkingOrigin;
  /** Whether the model thinks in this response, and how its thinking is shown. */
  readonly thinking: { readonly isOn: boolean; readonly display: "summarized" | "omitted" | "updates" };
  /** The calls of tools that are deferred, which the tool search finds. */
  readonly toolNames: readonly string[];
}

/** A turn until its next pause, or until its end. */
export interface TurnPart {
  readonly steps: readonly PlannedStep[];
  readonly isPaused: boolean;
}

/** The parts of the turn that the steps of a section ask for. */
export function turnParts(section: Section, context: ContentContext): readonly TurnPart[] {
  const parts: { steps: PlannedStep[]; isPaused: boolean }[] = [{ steps: [], isPaused: false }];
  let texts: string[] = [];
  const add = (...steps: readonly PlannedStep[]): void => void parts.at(-1)?.steps.push(...steps);
  const flush = (): void => {
    if (texts.length > 0) add(...textBlocks(texts.join("\n"), section, context));
    texts = [];
  };
  for (const [index, step] of section.entries()) {
    if (step.kind === "say") {
      texts.push(quoteResults(step.text, context.results));
      continue;
    }
    flush();
    if (step.kind === "pause") {
      const last = parts.at(-1);
      if (last !== undefined) last.isPaused = true;
      parts.push({ steps: [], isPaused: false });
    } else add(...stepBlocks(step, index, context));
  }
  flush();
  return parts;
}

/** Newer models say between tool calls what they think. */
function textBlocks(text: string, section: Section, context: ContentContext): readonly PlannedStep[] {
  const isBetween = context.results.length > 0 && section.some(({ kind }) => kind === "call");
  const thinks = isBetween && context.model.thinksBetweenTools && context.thinking.isOn;
  return thinks ? thinkingBlocks(text, context) : [{ block: { type: "text", text } }];
}

function stepBlocks(step: Step, index: number, context: ContentContext): readonly PlannedStep[] {
  const { results, seed } = context;
  const id = `${seed}${String(index).padStart(2, "0")}`;
  switch (step.kind) {
    case "think":
      return thinkingBlocks(quoteResults(step.text, results), context);
    case "call": {
      const inputText = quoteResults(step.input, results);
      const block = {
        type: "tool_use",
        id: `toolu_${id}`,
        name: step.name,
        input: {},
        caller: { type: "direct" },
      };
      return [{ block, inputText }];
    }
    case "cite":
      return [{ block: { type: "text", text: step.text, citations: [citation(step.url, step.text)] } }];
    case "search":
      return serverTool(id, "web_search", { query: step.query }, [searchResult(step.query)]);
    case "web-fetch":
      return serverTool(id, "web_fetch", { url: step.url }, fetchResult(step.url));
    case "code-execution":
      return serverTool(id, "bash_code_execution", { command: step.code }, executionResult(step.code));
    case "tool-search":
      return serverTool(
        id,
        "tool_search_tool_regex",
        { query: step.query },
        searchedTools(step.query, context),
      );
    case "wait":
      return [{ waitMs: step.milliseconds }];
    default:
      return [];
  }
}

function thinkingBlocks(text: string, { thinking, origin }: ContentContext): readonly PlannedStep[] {
  if (!thinking.isOn) return [];
  if (text.startsWith("redacted")) {
    return [{ block: { type: "redacted_thinking", data: signThinking("", origin) } }];
  }
  const shown = thinking.display === "omitted" ? "" : text;
  return [{ block: { type: "thinking", thinking: shown, signature: signThinking(shown, origin) } }];
}

/** A call of a hosted tool and its result. */
function serverTool(id: string, name: string, input: JsonObject, content: unknown): readonly PlannedStep[] {
  const toolId = `srvtoolu_${id}`;
  const result = name.startsWith("tool_search_tool") ? "tool_search_tool_result" : `${name}_tool_result`;
  const call = { type: "server_tool_use", id: toolId, name, input: {}, caller: { type: "direct" } };
  return [
    { block: call, inputText: JSON.stringify(input) },
    {
      block: {
        type: result,
        tool_use_id: toolId,
        content,
        ...(name.startsWith("web_") && { caller: { type: "direct" } }),
      },
    },
  ];
}

function searchResult(query: string): JsonObject {
  return {
    type: "web_search_result",
    url: "https://example.test/one",
    title: `About ${query}`,
    encrypted_content: sealed(query),
    page_age: null,
  };
}

function fetchResult(url: string): JsonObject {
  const source = { type: "text", media_type: "text/plain", data: "A page." };
  return {
    type: "web_fetch_result",
    url,
    content: { type: "document", source, title: "A page", citations: { enabled: false } },
    retrieved_at: "2026-11-29T00:00:00Z",
  };
}

function executionResult(code: string): JsonObject {
  return { type: "bash_code_execution_result", stdout: `${code}\n`, stderr: "", return_code: 0, content: [] };
}

function searchedTools(query: string, { toolNames }: ContentContext): JsonObject {
  const found = toolNames.filter((name) => name.includes(query));
  return {
    type: "tool_search_tool_search_result",
    tool_references: found.map((name) => ({ type: "tool_reference", tool_name: name })),
  };
}

function citation(url: string, text: string): JsonObject {
  return {
    type: "web_search_result_location",
    cited_text: text,
    url,
    title: "A page",
    encrypted_index: sealed(url),
  };
}

function sealed(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

/** A block as a whole, as it is in a response that is not streamed, and as the client sends it back. */
export function wholeBlock({ block, inputText }: PlannedBlock): JsonObject {
  if (inputText === undefined) return block;
  const input = parseJson(inputText);
  return { ...block, input: isObject(input) ? input : {} };
}
