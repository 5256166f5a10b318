import { isObject, type JsonObject } from "../json.ts";
import { DEFAULT_MODELS, isAtLeast, type SimulatedModel } from "../responses/model-catalogue.ts";
import { detailRefusal, platformRefusal, type Refusal } from "../rules/refusal.ts";
import { findRefusal } from "../rules/request-rules.ts";
import type { RuleContext } from "../rules/rule.ts";

/** The facts outside the body that the rules of the Codex backend depend on. */
export interface CodexRuleContext extends Omit<RuleContext, "model" | "privateItemMembers"> {
  /** Default: {@link DEFAULT_MODELS}. */
  readonly models?: readonly SimulatedModel[] | undefined;
  /** Whether the request has the header of lite models, whose instructions and tools are in `input`. Default: false. */
  readonly lite?: boolean | undefined;
  /** The header `version`. Default: a client that is new enough for every model. */
  readonly clientVersion?: string | undefined;
}

/** The members that the service accepts; any other is refused by name. */
const ALLOWED_MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "instructions",
  "input",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "reasoning",
  "store",
  "stream",
  "stream_options",
  "include",
  "service_tier",
  "prompt_cache_key",
  "text",
  "client_metadata",
]);

/** The members that the official CLI adds to its items. */
const PRIVATE_ITEM_MEMBERS = ["internal_chat_message_metadata_passthrough"];

/**
 * Why the Codex backend refuses the body of a request. Needs no server and has no side effects.
 *
 * @returns `undefined` if it accepts the body.
 */
export function findCodexRefusal(body: unknown, context: CodexRuleContext = {}): Refusal | undefined {
  if (!isObject(body)) return detailRefusal("The body must be a JSON object");
  const { models = DEFAULT_MODELS, lite = false, clientVersion, ...rest } = context;
  const model = models.find(({ slug }) => slug === body["model"]);
  return (
    refuseMembers(body, lite || rest.isWarmUp === true) ??
    (model === undefined ? modelNotSupported(body["model"]) : refuseOldClient(model, clientVersion)) ??
    (lite ? refuseNotLite(body, clientVersion) : undefined) ??
    findRefusal(body, { ...rest, model, privateItemMembers: PRIVATE_ITEM_MEMBERS })
  );
}

function refuseMembers(body: JsonObject, mayLackInstructions: boolean): Refusal | undefined {
  const unknown = Object.keys(body).find((name) => body[name] !== undefined && !ALLOWED_MEMBERS.has(name));
  if (unknown !== undefined) return detailRefusal(`Unsupported parameter: ${unknown}`);
  if (body["store"] !== false) return detailRefusal("Store must be set to false");
  if (body["stream"] !== true) return detailRefusal("Stream must be set to true");
  const input = body["input"];
  if (!Array.isArray(input)) return detailRefusal("Input must be a list");
  if (input.some((item) => isObject(item) && item["role"] === "system")) {
    return detailRefusal("System messages are not allowed");
  }
  // Newer clients put their instructions into a first `developer` message; one of the two is needed.
  const { instructions } = body;
  const isInstructed =
    mayLackInstructions ||
    (instructions !== undefined && instructions !== "") ||
    input.some((item) => isObject(item) && item["role"] === "developer");
  return isInstructed ? undefined : detailRefusal("Instructions are required");
}

function modelNotSupported(model: unknown): Refusal {
  return detailRefusal(
    `The '${String(model)}' model is not supported when using Codex with a ChatGPT account.`,
  );
}

function refuseOldClient(model: SimulatedModel, version: string | undefined): Refusal | undefined {
  if (version === undefined || isAtLeast(version, model.minimalClientVersion)) return undefined;
  return detailRefusal(
    `The '${model.slug}' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again.`,
  );
}

/** The official CLI 0.144.6 sends no namespaces, 0.169.0 does; when that began is not known. */
const NAMESPACES_SINCE = "0.145.0";

/** A request with the lite header must look like that of the official CLI. */
function refuseNotLite(body: JsonObject, version = NAMESPACES_SINCE): Refusal | undefined {
  const stray = ["instructions", "tools"].find((name) => body[name] !== undefined);
  if (stray !== undefined) return notLite(`A lite request has no '${stray}': it belongs in 'input'.`, stray);
  if (body["parallel_tool_calls"] !== false) {
    return notLite("A lite request has 'parallel_tool_calls' false.", "parallel_tool_calls");
  }
  const reasoning = body["reasoning"];
  if (!isObject(reasoning) || reasoning["context"] !== "all_turns") {
    return notLite("A lite request has the 'reasoning.context' 'all_turns'.", "reasoning.context");
  }
  const wantsNamespace = isAtLeast(version, NAMESPACES_SINCE);
  const input: readonly unknown[] = Array.isArray(body["input"]) ? body["input"] : [];
  for (const [index, item] of input.entries()) {
    if (!isObject(item)) continue;
    const path = `input[${index}]`;
    const tools = Array.isArray(item["tools"]) ? item["tools"].filter(isObject) : [];
    const bare = tools.find(({ type }) => type === "function" || type === "custom");
    if (wantsNamespace && item["type"] === "additional_tools" && bare !== undefined) {
      return notLite(`A lite request wraps '${String(bare["name"])}' in a namespace.`, `${path}.tools`);
    }
    const parts = item["content"] ?? item["output"];
    const detailed = Array.isArray(parts)
      ? parts.findIndex((part) => isObject(part) && part["detail"] !== undefined)
      : -1;
    if (detailed !== -1) {
      return notLite("A lite request has images without 'detail'.", `${path}[${detailed}]`);
    }
  }
  return undefined;
}

function notLite(message: string, param: string): Refusal {
  return platformRefusal(message, param, "invalid_value");
}
