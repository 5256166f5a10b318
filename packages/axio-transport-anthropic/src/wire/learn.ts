import { isJsonObject, type JsonObject } from "axio";
import type { ThinkingType } from "../models/model-facts.ts";
import type { Accepted, Lesson } from "./accepted.ts";

/** Reads a refusal. Returns `undefined` if it teaches nothing. */
type Rule = (
  message: string,
  accepted: Accepted,
  body: JsonObject,
  betas: readonly string[],
) => Lesson | undefined;

const EFFORTS: readonly string[] = ["low", "medium", "high", "xhigh", "max"];
const NOT_SUPPORTED =
  /not support|not available|not allowed|not compatible|not permitted|invalid|cannot|may not|unknown|unexpected/i;

const RULES: readonly Rule[] = [
  blockRule,
  effortRule,
  eagerRule,
  strictRule,
  cacheRule,
  betaRule,
  formatRule,
  toolChoiceRule,
  thinkingRule,
  samplingRule,
  maxTokensRule,
  memberRule,
];

/**
 * Learns from the words with which a host refused a request, so that the next request leaves out what it refused.
 *
 * @param body The refused body.
 * @param betas The values of `anthropic-beta` that were sent with it.
 * @returns `undefined` if the refusal is not about something that can be left out.
 */
export function learnFrom(
  message: string,
  accepted: Accepted,
  body: JsonObject,
  betas: readonly string[],
): Lesson | undefined {
  for (const rule of RULES) {
    const lesson = rule(message, accepted, body, betas);
    if (lesson !== undefined) return lesson;
  }
  return undefined;
}

/** `messages.1.content.0: Input tag 'hologram' found using 'type' does not match …`. */
function blockRule(message: string, { rules, facts }: Accepted): Lesson | undefined {
  const type = /^messages\.\d+\.content\.\d+: Input tag '(\w+)'/.exec(message)?.[1];
  if (type === undefined || rules.refusedBlocks.includes(type)) return undefined;
  return {
    accepted: { rules: { ...rules, refusedBlocks: [...rules.refusedBlocks, type] }, facts },
    message: `The server does not take back its blocks of the type ${JSON.stringify(type)}. They are left out.`,
  };
}

function effortRule(message: string, { rules, facts }: Accepted, body: JsonObject): Lesson | undefined {
  if (!/effort/i.test(message) || !NOT_SUPPORTED.test(message) || effortOf(body) === undefined)
    return undefined;
  const listed = /supported (?:levels|values)\b[^:]*: ([\w, '"`]+)/i.exec(message)?.[1] ?? "";
  const efforts = EFFORTS.filter((effort) => new RegExp(`\\b${effort}\\b`).test(listed));
  if (facts.efforts?.join() === efforts.join()) return undefined;
  return {
    accepted: { rules, facts: { ...facts, efforts } },
    message:
      efforts.length === 0
        ? "The model has no reasoning efforts. It is asked without one."
        : `The model has the reasoning efforts ${efforts.join(", ")}. The nearest one is sent.`,
  };
}

function eagerRule(message: string, { rules, facts }: Accepted): Lesson | undefined {
  if (!rules.eagerInput || !message.includes("eager_input_streaming")) return undefined;
  return {
    accepted: { rules: { ...rules, eagerInput: false }, facts },
    message: "The server does not stream the input of tools as it is written. It comes in larger parts.",
  };
}

function strictRule(message: string, { rules, facts }: Accepted, body: JsonObject): Lesson | undefined {
  const isStrict = /schema is too complex|too many strict|tools\.\d+(?:\.\w+)*\.strict|strict tool/i.test(
    message,
  );
  const wasSent =
    Array.isArray(body["tools"]) &&
    body["tools"].some((tool) => isJsonObject(tool) && tool["strict"] === true);
  if (!isStrict || !wasSent || !rules.strictTools) return undefined;
  return {
    accepted: { rules: { ...rules, strictTools: false }, facts },
    message:
      "The server cannot enforce the schemas of the tools. They are sent without strict; the input is validated anyway.",
  };
}

function cacheRule(message: string, { rules, facts }: Accepted): Lesson | undefined {
  if (!rules.cacheControl || !message.includes("cache_control") || !NOT_SUPPORTED.test(message))
    return undefined;
  return {
    accepted: { rules: { ...rules, cacheControl: false }, facts },
    message: "The server does not accept cache breakpoints. None are sent.",
  };
}

function betaRule(
  message: string,
  { rules, facts }: Accepted,
  _body: JsonObject,
  betas: readonly string[],
): Lesson | undefined {
  if (!/anthropic-beta/i.test(message) || betas.length === 0) return undefined;
  const named = betas.filter((beta) => message.includes(beta));
  const refused = named.length === 0 ? betas : named;
  return {
    accepted: { rules: { ...rules, refusedBetas: [...rules.refusedBetas, ...refused] }, facts },
    message: `The server does not have the beta ${refused.join(", ")}. It is not asked for.`,
  };
}

function formatRule(message: string, { rules, facts }: Accepted, body: JsonObject): Lesson | undefined {
  const { output_config: output } = body;
  const wasSent = isJsonObject(output) && output["format"] !== undefined;
  if (!wasSent || !facts.structuredOutput || !/output_(?:config\.)?format|structured output/i.test(message))
    return undefined;
  return {
    accepted: { rules, facts: { ...facts, structuredOutput: false } },
    message: "The model cannot be held to a schema. It is told the schema, and the response is validated.",
  };
}

function toolChoiceRule(message: string, { rules, facts }: Accepted, body: JsonObject): Lesson | undefined {
  const { tool_choice: choice, thinking } = body;
  const isForced = isJsonObject(choice) && (choice["type"] === "any" || choice["type"] === "tool");
  if (!isForced || !/tool_choice|forces tool use/i.test(message) || facts.forcedToolChoice === "never")
    return undefined;
  const thinks = isJsonObject(thinking) && thinking["type"] !== "disabled";
  const forcedToolChoice = thinks && facts.forcedToolChoice === "always" ? "without-thinking" : "never";
  return {
    accepted: { rules, facts: { ...facts, forcedToolChoice } },
    message: "The model cannot be made to call a tool as it was asked. The tools are offered without that.",
  };
}

function thinkingRule(message: string, { rules, facts }: Accepted, body: JsonObject): Lesson | undefined {
  const { thinking } = body;
  if (!/thinking/i.test(message) || !NOT_SUPPORTED.test(message) || /signature|messages\.\d/i.test(message))
    return undefined;
  const sent = isJsonObject(thinking) ? thinking["type"] : undefined;
  if (typeof sent !== "string" || rules.refusedMembers.includes("thinking")) return undefined;
  const all: readonly ThinkingType[] = facts.thinking ?? ["adaptive", "enabled"];
  const left = all.filter((type) => type !== sent);
  const isExhausted = left.length === all.length || left.length === 0;
  return {
    accepted: isExhausted
      ? { rules: { ...rules, refusedMembers: [...rules.refusedMembers, "thinking"] }, facts }
      : {
          rules,
          facts: { ...facts, thinking: left, thinksByDefault: sent === "disabled" || facts.thinksByDefault },
        },
    message: `The model does not accept the thinking mode ${JSON.stringify(sent)}. It is asked in another way.`,
  };
}

function samplingRule(message: string, { rules, facts }: Accepted, body: JsonObject): Lesson | undefined {
  const named = ["temperature", "top_p", "top_k"].filter(
    (name) => body[name] !== undefined && message.includes(name),
  );
  if (named.length === 0 || !facts.sampling) return undefined;
  return {
    accepted: { rules, facts: { ...facts, sampling: false } },
    message: `The model does not accept ${named.join(" and ")}. It is not sent.`,
  };
}

function maxTokensRule(message: string, { rules, facts }: Accepted, body: JsonObject): Lesson | undefined {
  const maximum = Number(/max_tokens: \d+ > (\d+)/.exec(message)?.[1]);
  if (!(maximum > 0) || !(Number(body["max_tokens"]) > maximum)) return undefined;
  return {
    accepted: { rules, facts: { ...facts, maxOutputTokens: maximum } },
    message: `The model writes at most ${maximum} tokens in a response. maxTokens is lowered to that.`,
  };
}

/** `context_management: Extra inputs are not permitted`. */
function memberRule(message: string, { rules, facts }: Accepted, body: JsonObject): Lesson | undefined {
  const path = /^["'`]?([a-z_]+)(?:\.[\w.-]+)?["'`]?: extra inputs are not permitted/i.exec(message)?.[1];
  const isOptional = path !== undefined && body[path] !== undefined && !REQUIRED.includes(path);
  if (!isOptional || rules.refusedMembers.includes(path)) return undefined;
  if (path === "output_config" && facts.efforts?.length !== 0) {
    return {
      accepted: { rules, facts: { ...facts, efforts: [], structuredOutput: false } },
      message: "The server does not accept output_config. It is not sent.",
    };
  }
  return {
    accepted: { rules: { ...rules, refusedMembers: [...rules.refusedMembers, path] }, facts },
    message: `The server does not accept ${JSON.stringify(path)}. It is not sent.`,
  };
}

const REQUIRED: readonly string[] = ["model", "max_tokens", "messages", "system", "tools", "stream"];

function effortOf({ output_config: output }: JsonObject): unknown {
  return isJsonObject(output) ? output["effort"] : undefined;
}
