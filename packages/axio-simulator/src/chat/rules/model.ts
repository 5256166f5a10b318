import { isObject, type JsonObject, stringMember } from "../../json.ts";
import type { KeyedModel } from "../../openai/models.ts";
import { platformRefusal, type Refusal } from "../../rules/refusal.ts";
import { first, list } from "../../rules/shape.ts";
import { OPENAI_CHAT } from "../switches.ts";
import { type ChatRuleContext, messagesOf } from "./chat-rule.ts";
import { unrecognized } from "./members.ts";

/** Sampling parameters, and the only value that a model that reasons accepts. `undefined` means none. */
const SAMPLING: Readonly<Record<string, number | undefined>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logprobs: undefined,
  top_logprobs: undefined,
  logit_bias: undefined,
};

/** Sampling parameters that some models accept with the effort `none`. */
const SAMPLES_WITHOUT_REASONING = ["temperature", "top_p", "logprobs", "top_logprobs"];

/** The model must support what the request asks for. */
export function refuseUnsupported(body: JsonObject, context: ChatRuleContext = {}): Refusal | undefined {
  const { model, switches = OPENAI_CHAT } = context;
  if (model === undefined) return undefined;
  return (
    refuseRoles(body, model, switches.developerRole) ??
    refuseEffort(body, model) ??
    refuseTools(body, model) ??
    refuseSampling(body, model) ??
    refuseLimit(body, model) ??
    refuseSettings(body, model) ??
    refuseContent(body, model)
  );
}

function refuseRoles(
  body: JsonObject,
  { instructionRoles }: KeyedModel,
  developer: boolean,
): Refusal | undefined {
  return first(messagesOf(body), ({ role }, index) => {
    if (role !== "system" && role !== "developer") return undefined;
    const isAccepted = instructionRoles.includes(role) && (role === "system" || developer);
    return isAccepted
      ? undefined
      : platformRefusal(
          `Unsupported value: 'messages[${index}].role' does not support '${role}' with this model.`,
          `messages[${index}].role`,
          "unsupported_value",
        );
  });
}

function refuseEffort(body: JsonObject, { slug, efforts }: KeyedModel): Refusal | undefined {
  const effort = body["reasoning_effort"];
  if (effort === undefined || effort === null) return undefined;
  if (efforts.length === 0) return unrecognized("reasoning_effort");
  // `max` is accepted by the Responses API only.
  const supported = isOpenAI(slug) ? efforts.filter((level) => level !== "max") : efforts;
  return supported.includes(String(effort))
    ? undefined
    : unsupportedValue("reasoning_effort", effort, `Supported values are: ${list(supported, "and")}.`);
}

function refuseTools(body: JsonObject, { slug, chatTools }: KeyedModel): Refusal | undefined {
  const hasTools = Array.isArray(body["tools"]) && body["tools"].length > 0;
  const effort = body["reasoning_effort"] ?? undefined;
  const isAccepted =
    !hasTools ||
    chatTools === "always" ||
    (chatTools !== "never" && effort === "none") ||
    (chatTools === "without-effort" && effort === undefined);
  return isAccepted
    ? undefined
    : platformRefusal(
        `Function tools with reasoning_effort are not supported for ${slug} in /v1/chat/completions. Please use /v1/responses instead.`,
        "reasoning_effort",
        null,
      );
}

function refuseSampling(body: JsonObject, model: KeyedModel): Refusal | undefined {
  if (!model.isReasoning) return undefined;
  const isFree = model.samplesWithoutReasoning && body["reasoning_effort"] === "none";
  return first(Object.entries(SAMPLING), ([name, only]) => {
    const value = body[name];
    if (value === undefined || value === null || value === only) return undefined;
    if (isFree && SAMPLES_WITHOUT_REASONING.includes(name)) return undefined;
    return only === undefined
      ? unsupportedParameter(name)
      : unsupportedValue(name, value, `Only the default (${only}) value is supported.`);
  });
}

function refuseLimit(body: JsonObject, { isReasoning, maxOutputTokens }: KeyedModel): Refusal | undefined {
  const old = body["max_tokens"] ?? undefined;
  if (isReasoning && old !== undefined) {
    return platformRefusal(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "max_tokens",
      "unsupported_parameter",
    );
  }
  const limit = body["max_completion_tokens"] ?? old;
  return typeof limit !== "number" || limit <= maxOutputTokens
    ? undefined
    : platformRefusal(
        `max_tokens is too large: ${limit}. This model supports at most ${maxOutputTokens} completion tokens, whereas you provided ${limit}.`,
        old === undefined ? "max_completion_tokens" : "max_tokens",
        "invalid_value",
      );
}

function refuseSettings(body: JsonObject, model: KeyedModel): Refusal | undefined {
  const { slug, hasVerbosity } = model;
  if (!isOpenAI(slug)) return undefined;
  const verbosity = body["verbosity"] ?? undefined;
  if (verbosity !== undefined && !hasVerbosity && verbosity !== "medium") {
    return unsupportedValue("verbosity", verbosity, "Supported values are: 'medium'.");
  }
  const tools = Array.isArray(body["tools"]) ? body["tools"] : [];
  if (!hasVerbosity && tools.some((tool) => stringMember(tool, "type") === "custom")) {
    return platformRefusal("Custom tools are not supported with this model.", "tools", "unsupported_value");
  }
  if (body["stop"] !== undefined && body["stop"] !== null && model.isReasoning && !slug.startsWith("gpt-5")) {
    return unsupportedParameter("stop");
  }
  return body["web_search_options"] === undefined
    ? undefined
    : platformRefusal("Web search options not supported with this model.", "web_search_options", null);
}

function refuseContent(body: JsonObject, { acceptsImages }: KeyedModel): Refusal | undefined {
  if (acceptsImages) return undefined;
  return first(messagesOf(body), ({ content }, index) => {
    const hasImage =
      Array.isArray(content) && content.some((part) => isObject(part) && part["type"] === "image_url");
    return hasImage
      ? platformRefusal(
          `Invalid content type. image_url is only supported by certain models.`,
          `messages[${index}].content`,
          null,
        )
      : undefined;
  });
}

function isOpenAI(slug: string): boolean {
  return /^(gpt-\d|o\d)/.test(slug);
}

function unsupportedParameter(name: string): Refusal {
  return platformRefusal(
    `Unsupported parameter: '${name}' is not supported with this model.`,
    name,
    "unsupported_parameter",
  );
}

function unsupportedValue(name: string, value: unknown, rest: string): Refusal {
  return platformRefusal(
    `Unsupported value: '${name}' does not support ${JSON.stringify(value).replaceAll('"', "'")} with this model. ${rest}`,
    name,
    "unsupported_value",
  );
}
