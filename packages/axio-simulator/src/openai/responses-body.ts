import { number } from "../chat/rules/members.ts";
import { isObject, type JsonObject } from "../json.ts";
import { platformRefusal, type Refusal } from "../rules/refusal.ts";
import { findRefusal } from "../rules/request-rules.ts";
import type { RuleContext } from "../rules/rule.ts";
import {
  anyObject,
  anything,
  arrayOf,
  boolean,
  type Check,
  first,
  membersOf,
  nullable,
  oneOf,
  string,
  unknownParameter,
} from "../rules/shape.ts";
import { unparsableBody } from "../rules/strings.ts";
import { type KeyedModel, OPENAI_MODELS } from "./models.ts";

/** The facts outside the body that the rules of the public Responses API depend on. */
export interface OpenAIRuleContext extends Omit<RuleContext, "model" | "privateItemMembers"> {
  /** The models of the account. Default: {@link OPENAI_MODELS}. */
  readonly models?: readonly KeyedModel[] | undefined;
}

const TEXT = string();
const COUNT = number(1, Number.MAX_SAFE_INTEGER, { whole: true });

/** The members of a body that no rule for every route checks. */
const MEMBERS: Readonly<Record<string, Check>> = {
  background: nullable(boolean),
  context_management: nullable(arrayOf(anyObject)),
  conversation: anything,
  max_output_tokens: nullable(number(16, Number.MAX_SAFE_INTEGER, { whole: true })),
  max_tool_calls: nullable(COUNT),
  metadata: nullable(anyObject),
  moderation: nullable(anyObject),
  prompt: nullable(anyObject),
  prompt_cache_options: nullable(anyObject),
  prompt_cache_retention: nullable(oneOf(["in_memory", "24h"])),
  safety_identifier: nullable(string({ max: 64 })),
  service_tier: nullable(oneOf(["auto", "default", "flex", "scale", "priority", "fast"])),
  store: nullable(boolean),
  stream: nullable(boolean),
  temperature: nullable(number(0, 2)),
  top_logprobs: nullable(number(0, 20, { whole: true })),
  top_p: nullable(number(0, 1)),
  truncation: nullable(oneOf(["auto", "disabled"])),
  user: nullable(TEXT),
  previous_response_id: nullable(TEXT),
};

/** The members that the rules for every route check. */
const SHARED_MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "include",
  "parallel_tool_calls",
  "prompt_cache_key",
  "reasoning",
  "stream_options",
  "text",
  "tool_choice",
  "tools",
]);

/**
 * Why the public Responses API refuses the body of a request. Needs no server and has no side effects.
 *
 * @returns `undefined` if it accepts the body.
 */
export function findOpenAIRefusal(body: unknown, context: OpenAIRuleContext = {}): Refusal | undefined {
  if (!isObject(body)) return unparsableBody();
  const { models = OPENAI_MODELS, ...rest } = context;
  const model = models.find(({ slug }) => slug === body["model"]);
  return (
    refuseMembers(body) ??
    (model === undefined ? modelNotFound(body["model"]) : refuseSampling(body, model)) ??
    findRefusal(withInput(body), { ...rest, model, isPlatform: true })
  );
}

/** The rules know an input as a list. */
function withInput(body: JsonObject): JsonObject {
  const { input, service_tier: _tier, ...rest } = body;
  if (typeof input !== "string") return { ...rest, input };
  return { ...rest, input: [{ type: "message", role: "user", content: input }] };
}

function refuseMembers(body: JsonObject): Refusal | undefined {
  return (
    first(membersOf(body), ([name, value]) => {
      if (SHARED_MEMBERS.has(name)) return undefined;
      const check = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
      return check === undefined ? unknownParameter(name) : check(value, name);
    }) ?? refuseConflicts(body)
  );
}

function refuseConflicts(body: JsonObject): Refusal | undefined {
  const isSet = (name: string): boolean => body[name] !== undefined && body[name] !== null;
  if (isSet("conversation") && isSet("previous_response_id")) {
    return platformRefusal(
      "Mutually exclusive parameters: 'conversation' and 'previous_response_id' cannot be used together.",
      "conversation",
      "mutually_exclusive_parameters",
    );
  }
  return body["background"] === true && body["store"] === false
    ? platformRefusal("Background responses must be stored.", "background", "invalid_value")
    : undefined;
}

function modelNotFound(model: unknown): Refusal {
  return platformRefusal(
    `The requested model '${String(model)}' does not exist.`,
    "model",
    "model_not_found",
  );
}

/** Sampling parameters that a model that reasons accepts with no effort only, or never. */
function refuseSampling(body: JsonObject, model: KeyedModel): Refusal | undefined {
  const reasoning = body["reasoning"];
  if (!model.isReasoning) {
    return isObject(reasoning) && reasoning["effort"] !== undefined && reasoning["effort"] !== null
      ? unsupported("reasoning.effort")
      : undefined;
  }
  const isFree = model.samplesWithoutReasoning && isObject(reasoning) && reasoning["effort"] === "none";
  if (isFree) return undefined;
  const wrong = ["temperature", "top_p", "top_logprobs"].find(
    (name) => body[name] !== undefined && body[name] !== null,
  );
  return wrong === undefined ? undefined : unsupported(wrong);
}

function unsupported(param: string): Refusal {
  return platformRefusal(
    `Unsupported parameter: '${param}' is not supported with this model.`,
    param,
    "unsupported_parameter",
  );
}
