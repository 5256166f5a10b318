import { isObject, type JsonObject, stringMember } from "../../json.ts";
import type { ClaudeModel } from "../models.ts";
import { objectsIn } from "./check.ts";
import type { ClaudeRule, ClaudeRuleContext } from "./claude-rule.ts";
import { blockMessages, mergedMessages } from "./messages-of.ts";
import { outputSchemaProblem } from "./output-schema.ts";

/** The model must support what the request asks for. */
export function refuseUnsupported(body: JsonObject, context: ClaudeRuleContext): string | undefined {
  const { model } = context;
  if (model === undefined) return undefined;
  const rules: readonly ((body: JsonObject, model: ClaudeModel) => string | undefined)[] = [
    refuseMaxTokens,
    refuseThinking,
    refuseEffort,
    refuseSampling,
    refuseToolChoice,
    refusePrefill,
    refuseSystemMessages,
    refuseImages,
    refuseOldComputer,
  ];
  for (const rule of rules) {
    const message = rule(body, model);
    if (message !== undefined) return message;
  }
  return refuseOutputFormat(body, context);
}

function refuseMaxTokens(body: JsonObject, { id, maxTokens }: ClaudeModel): string | undefined {
  const asked = body["max_tokens"];
  return typeof asked === "number" && asked > maxTokens
    ? `max_tokens: ${asked} > ${maxTokens}, which is the maximum allowed number of output tokens for ${id}`
    : undefined;
}

function refuseThinking(body: JsonObject, { thinking }: ClaudeModel): string | undefined {
  const config = body["thinking"];
  if (!isObject(config)) return undefined;
  const type = String(config["type"]);
  if (!thinking.some((accepted) => accepted === type)) {
    return `"thinking.type.${type}" is not supported for this model. Use ${thinking.map((name) => `"thinking.type.${name}"`).join(" or ")}.`;
  }
  if (
    type === "disabled" &&
    ["xhigh", "max"].includes(String(effortOf(body))) &&
    !thinking.includes("enabled")
  ) {
    return `"thinking.type.disabled" is not supported with effort level '${String(effortOf(body))}'.`;
  }
  const budget = config["budget_tokens"];
  const limit = body["max_tokens"];
  return typeof budget === "number" && typeof limit === "number" && budget >= limit
    ? "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size"
    : undefined;
}

function effortOf(body: JsonObject): unknown {
  return isObject(body["output_config"]) ? (body["output_config"]["effort"] ?? undefined) : undefined;
}

function refuseEffort(body: JsonObject, { efforts }: ClaudeModel): string | undefined {
  const effort = effortOf(body);
  if (effort === undefined || efforts.includes(String(effort))) return undefined;
  return efforts.length === 0
    ? "This model does not support the effort parameter."
    : `This model does not support effort level '${String(effort)}'. Supported levels: ${efforts.toSorted().join(", ")}.`;
}

function refuseSampling(body: JsonObject, { samples }: ClaudeModel): string | undefined {
  const { temperature, top_p: topP, top_k: topK } = body;
  if (!samples) {
    const isDefault =
      (temperature === undefined || temperature === 1) &&
      (topP === undefined || Number(topP) >= 0.99) &&
      topK === undefined;
    const name =
      temperature !== undefined && temperature !== 1 ? "temperature" : topK === undefined ? "top_p" : "top_k";
    return isDefault ? undefined : `\`${name}\` is deprecated for this model.`;
  }
  if (temperature !== undefined && topP !== undefined) {
    return "`temperature` and `top_p` cannot both be specified for this model. Please use only one.";
  }
  return isThinking(body) && temperature !== undefined && temperature !== 1
    ? "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode."
    : undefined;
}

/** Whether the request switches thinking on. */
function isThinking(body: JsonObject): boolean {
  const type = stringMember(body["thinking"], "type");
  return type === "enabled" || type === "adaptive";
}

function refuseToolChoice(
  body: JsonObject,
  { forcedToolChoice, thinksByDefault }: ClaudeModel,
): string | undefined {
  const type = stringMember(body["tool_choice"], "type");
  if (type !== "any" && type !== "tool") return undefined;
  const thinks = body["thinking"] === undefined ? thinksByDefault : isThinking(body);
  if (forcedToolChoice === "never") return `tool_choice: type '${type}' is not supported for this model.`;
  return forcedToolChoice === "without-thinking" && thinks
    ? "Thinking may not be enabled when tool_choice forces tool use."
    : undefined;
}

function refusePrefill(body: JsonObject, { acceptsPrefill }: ClaudeModel): string | undefined {
  const messages = mergedMessages(body);
  const last = messages.at(-1);
  if (last?.role !== "assistant") return undefined;
  // A paused turn is continued, and ends with a hosted tool.
  const isPaused = last.blocks.some(({ type }) => type === "server_tool_use" || type === "mcp_tool_use");
  if (isPaused) return undefined;
  if (!acceptsPrefill) {
    return "This model does not support assistant message prefill. The conversation must end with a user message.";
  }
  return /\s$/.test(String(last.blocks.at(-1)?.["text"] ?? ""))
    ? "messages: final assistant content cannot end with trailing whitespace"
    : undefined;
}

function refuseSystemMessages(body: JsonObject, { acceptsSystemMessages }: ClaudeModel): string | undefined {
  const found = blockMessages(body).find(({ role }) => role === "system");
  return found === undefined || acceptsSystemMessages
    ? undefined
    : `messages.${found.index}.role: Input should be 'user' or 'assistant'`;
}

function refuseImages(body: JsonObject, { maxImages }: ClaudeModel): string | undefined {
  const blocks = blockMessages(body).flatMap((message) => message.blocks);
  const nested = blocks.flatMap(({ content }) => objectsIn(content));
  const count = [...blocks, ...nested].filter(({ type }) => type === "image").length;
  return count > maxImages ? `messages: too many images and documents: ${count} > ${maxImages}` : undefined;
}

function refuseOldComputer(body: JsonObject, { bindsThinking }: ClaudeModel): string | undefined {
  const old = objectsIn(body["tools"]).find(({ type }) => /^computer_20/.test(String(type)));
  return old !== undefined && bindsThinking
    ? `'${String(old["type"])}' is not supported for this model.`
    : undefined;
}

/** The format of the answer must have a schema that the service supports. */
const refuseOutputFormat: ClaudeRule = (body) => {
  const config = isObject(body["output_config"]) ? body["output_config"]["format"] : undefined;
  const format = config ?? body["output_format"];
  if (!isObject(format) || !isObject(format["schema"])) return undefined;
  return outputSchemaProblem(format["schema"], "output_config.format.schema");
};
