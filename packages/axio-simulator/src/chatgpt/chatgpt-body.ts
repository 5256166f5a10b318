import { isObject, type JsonObject, stringMember } from "../json.ts";
import { DEFAULT_MODELS, type SimulatedModel } from "../responses/model-catalogue.ts";
import { platformRefusal, type Refusal } from "../rules/refusal.ts";
import { findRefusal } from "../rules/request-rules.ts";
import type { RuleContext } from "../rules/rule.ts";
import { unknownParameter } from "../rules/shape.ts";
import { unsupported } from "./sharing-error.ts";
import { resolveUnknowns, type UnknownRule, type UnknownRules } from "./unknowns.ts";

/** The facts outside the body that the rules of the documented route depend on. */
export interface ChatGPTRuleContext extends Omit<RuleContext, "model" | "privateItemMembers"> {
  /** The models of the account. Default: {@link DEFAULT_MODELS}. */
  readonly models?: readonly SimulatedModel[] | undefined;
  /** Whether to refuse members that the documentation does not mention. Default: `"strict"`. */
  readonly unknowns?: "strict" | "lenient" | Partial<UnknownRules> | undefined;
}

/** The members that must be omitted according to the documentation. */
export const UNSUPPORTED_MEMBERS: readonly string[] = [
  "background",
  "conversation",
  "max_output_tokens",
  "max_tool_calls",
  "metadata",
  "moderation",
  "multi_agent",
  "prompt",
  "prompt_cache_retention",
  "safety_identifier",
  "temperature",
  "top_logprobs",
  "top_p",
  "truncation",
  "user",
];

/** The members that the documentation does not mention. */
const UNSURE_MEMBERS: readonly UnknownRule[] = [
  "tool_choice",
  "parallel_tool_calls",
  "stream_options",
  "client_metadata",
  "prompt_cache_options",
];

const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "instructions",
  "input",
  "tools",
  "reasoning",
  "store",
  "stream",
  "include",
  "service_tier",
  "prompt_cache_key",
  "context_management",
  "text",
  ...UNSURE_MEMBERS,
]);

const REFUSED_ITEMS: ReadonlySet<string> = new Set([
  "compaction_trigger",
  "agent_message",
  "configuration_update",
  "local_shell_call",
  "tool_search_call",
  "tool_search_output",
  "image_generation_call",
]);

const OWN_TOOLS: ReadonlySet<string> = new Set(["function", "custom"]);

/**
 * Why the documented route refuses the body of a request. Needs no server and has no side effects.
 *
 * @returns `undefined` if it accepts the body.
 */
export function findChatGPTRefusal(value: unknown, context: ChatGPTRuleContext = {}): Refusal | undefined {
  const { models = DEFAULT_MODELS, unknowns = "strict", ...rest } = context;
  if (!isObject(value)) return validationList(["body"], "model_attributes_type");
  const input = value["input"];
  if (!Array.isArray(input)) return validationList(["body", "input"], "list_type");
  const accepted = resolveUnknowns(unknowns);
  const model = models.find(({ slug }) => slug === value["model"]);
  return (
    refuseMembers(value, accepted) ??
    refuseUnsupportedItems(input) ??
    refuseToolPlaces(value["tools"], input, accepted) ??
    (model === undefined ? modelNotFound(value["model"]) : refuseTier(value["service_tier"], model)) ??
    findRefusal(value, { ...rest, model })
  );
}

function validationList(loc: readonly string[], type: string): Refusal {
  const message = "Input should be of another type";
  const body = { detail: [{ type, loc, msg: message }] };
  return { status: 422, message, param: loc.join("."), code: type, body };
}

function refuseMembers(body: JsonObject, accepted: ReadonlySet<UnknownRule>): Refusal | undefined {
  const isSet = (name: string): boolean => body[name] !== undefined;
  const unsupportedMember = UNSUPPORTED_MEMBERS.find(isSet);
  if (unsupportedMember !== undefined) {
    return unsupported(`the parameter ${unsupportedMember}`, unsupportedMember);
  }
  if (body["store"] !== false) return unsupported("stored responses; store must be false", "store");
  if (body["stream"] !== true) return unsupported("unstreamed responses; stream must be true", "stream");
  if (isSet("previous_response_id")) return unsupported("previous_response_id", "previous_response_id");
  const unsure = UNSURE_MEMBERS.find((name) => isSet(name) && !accepted.has(name));
  if (unsure !== undefined) return unsupported(`the parameter ${unsure}`, unsure);
  const unknown = Object.keys(body).find((name) => isSet(name) && !KNOWN_MEMBERS.has(name));
  return unknown === undefined ? refuseText(body["text"], accepted) : unknownParameter(unknown);
}

function refuseText(text: unknown, accepted: ReadonlySet<UnknownRule>): Refusal | undefined {
  if (!isObject(text)) return undefined;
  if (text["format"] !== undefined && !accepted.has("text_format")) {
    return unsupported("text.format", "text.format");
  }
  return text["verbosity"] !== undefined && !accepted.has("text_verbosity")
    ? unsupported("text.verbosity", "text.verbosity")
    : undefined;
}

function refuseUnsupportedItems(input: readonly unknown[]): Refusal | undefined {
  for (const [index, item] of input.entries()) {
    if (!isObject(item)) continue;
    if (item["role"] === "system") return unsupported("system messages", `input[${index}].role`);
    const type = stringMember(item, "type") ?? "message";
    if (REFUSED_ITEMS.has(type)) return unsupported(`input items of the type ${type}`, "input");
  }
  return undefined;
}

/** Functions and custom tools belong in a namespace or in `additional_tools`; most hosted tools are unsupported. */
function refuseToolPlaces(
  tools: unknown,
  input: readonly unknown[],
  accepted: ReadonlySet<UnknownRule>,
): Refusal | undefined {
  const top = typesOf(tools, "tools");
  const additional = input.flatMap((item, index) =>
    isObject(item) && item["type"] === "additional_tools"
      ? typesOf(item["tools"], `input[${index}].tools`)
      : [],
  );
  const flat = accepted.has("flat_tools") ? undefined : top.find(({ type }) => OWN_TOOLS.has(type));
  if (flat !== undefined) {
    return unsupported(
      "tools outside of a namespace; put them into one or into additional_tools",
      flat.param,
    );
  }
  const hosted = [...top, ...additional].find(
    ({ type }) => !OWN_TOOLS.has(type) && type !== "namespace" && type !== "web_search",
  );
  return hosted === undefined ? undefined : unsupported(`the tool ${hosted.type}`, hosted.param);
}

function typesOf(tools: unknown, path: string): readonly { type: string; param: string }[] {
  if (!Array.isArray(tools)) return [];
  return tools.map((tool: unknown, index) => ({
    type: stringMember(tool, "type") ?? "",
    param: `${path}[${index}].type`,
  }));
}

function modelNotFound(model: unknown): Refusal {
  return platformRefusal(
    `The model '${String(model)}' does not exist or you do not have access to it.`,
    "model",
    "model_not_found",
    404,
  );
}

function refuseTier(tier: unknown, model: SimulatedModel): Refusal | undefined {
  return tier === undefined || ["auto", "default", ...model.serviceTiers].includes(String(tier))
    ? undefined
    : unsupported(`the service tier ${String(tier)}`, "service_tier");
}
