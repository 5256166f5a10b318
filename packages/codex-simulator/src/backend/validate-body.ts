import { isObject, type JsonObject } from "../json.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { detailReply, errorReply, type Reply } from "../reply.ts";
import type { SimulatorState } from "../state.ts";
import { isGenuine } from "../stream/encrypted-content.ts";
import { isAtLeast, type SimulatedModel } from "./model-catalogue.ts";
import { validateChoices } from "./validate-choices.ts";
import { validateInput } from "./validate-input.ts";
import { isLite, validateLite } from "./validate-lite.ts";
import { validateTools } from "./validate-tools.ts";

/** The members the service takes; any other is refused by name. */
const ALLOWED_MEMBERS = new Set([
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

/** The refusal of a body, or `undefined` where every check passed. */
export function validateBody(
  request: RecordedRequest,
  body: JsonObject,
  state: SimulatorState,
): Reply | undefined {
  const unknown = Object.keys(body).find((name) => !ALLOWED_MEMBERS.has(name));
  if (unknown !== undefined) return detailReply(400, `Unsupported parameter: ${unknown}`);
  if (body["store"] !== false) return detailReply(400, "Store must be set to false");
  if (body["stream"] !== true) return detailReply(400, "Stream must be set to true");
  const input = body["input"];
  if (!Array.isArray(input)) return detailReply(400, "Input must be a list");
  if (input.some((item) => isObject(item) && item["role"] === "system")) {
    return detailReply(400, "System messages are not allowed");
  }
  if (!hasInstructions(request, body, input)) return detailReply(400, "Instructions are required");
  const model = state.options.models.find(({ slug }) => slug === body["model"]);
  if (model === undefined) {
    return detailReply(
      400,
      `The '${String(body["model"])}' model is not supported when using Codex with a ChatGPT account.`,
    );
  }
  return (
    validateVersion(request, model) ??
    validateLite(request, body) ??
    validateSettings(body, model) ??
    validateTools(body["tools"], "tools") ??
    validateChoices(body, state.options.lackingTools) ??
    validateInput(input, (content) => isGenuine(content) || state.replayedContent.has(content))
  );
}

/** Newer clients put their instructions into a first `developer` message; one of the two is needed. */
function hasInstructions(request: RecordedRequest, body: JsonObject, input: readonly unknown[]): boolean {
  const instructions = body["instructions"];
  if (typeof instructions === "string" && instructions !== "") return true;
  return isLite(request) || input.some((item) => isObject(item) && item["role"] === "developer");
}

function validateVersion(request: RecordedRequest, model: SimulatedModel): Reply | undefined {
  const version = request.headers["version"];
  if (version === undefined || isAtLeast(version, model.minimalClientVersion)) return undefined;
  return detailReply(
    400,
    `The '${model.slug}' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again.`,
  );
}

function validateSettings(body: JsonObject, model: SimulatedModel): Reply | undefined {
  const reasoning = body["reasoning"];
  const effort = isObject(reasoning) ? reasoning["effort"] : undefined;
  // `ultra` exists in the catalogue only: on the wire it is `max`.
  const efforts = ["none", ...model.efforts.filter((level) => level !== "ultra")];
  if (effort !== undefined && effort !== null && !efforts.includes(String(effort))) {
    return unsupportedValue("reasoning.effort", effort, efforts, model);
  }
  const summary = isObject(reasoning) ? reasoning["summary"] : undefined;
  if (summary !== undefined && summary !== null && !SUMMARIES.includes(String(summary))) {
    return unsupportedValue("reasoning.summary", summary, SUMMARIES, model);
  }
  const tier = body["service_tier"];
  if (tier !== undefined && !["auto", "default", ...model.serviceTiers].includes(String(tier))) {
    return detailReply(400, `Unsupported service_tier: ${String(tier)}`);
  }
  const text = body["text"];
  const verbosity = isObject(text) ? text["verbosity"] : undefined;
  if (verbosity !== undefined && verbosity !== null && !VERBOSITIES.includes(String(verbosity))) {
    return unsupportedValue("text.verbosity", verbosity, VERBOSITIES, model);
  }
  const key = body["prompt_cache_key"];
  if (typeof key === "string" && key.length > 64) {
    return errorReply(400, {
      message: `Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64, but got a string with length ${key.length} instead.`,
      code: "string_above_max_length",
      param: "prompt_cache_key",
    });
  }
  const types: readonly (readonly [name: string, type: string])[] = [
    ["instructions", "string"],
    ["parallel_tool_calls", "boolean"],
    ["prompt_cache_key", "string"],
    ["client_metadata", "object"],
    ["reasoning", "object"],
    ["text", "object"],
  ];
  const wrong = types.find(([name, type]) => body[name] !== undefined && typeof body[name] !== type);
  if (wrong === undefined) return validateInclude(body["include"]);
  return errorReply(400, {
    message: `Invalid type for '${wrong[0]}': expected ${wrong[1]}.`,
    code: "invalid_type",
    param: wrong[0],
  });
}

const SUMMARIES = ["auto", "concise", "detailed"];
const VERBOSITIES = ["low", "medium", "high"];
const INCLUDABLE = [
  "reasoning.encrypted_content",
  "web_search_call.action.sources",
  "message.output_text.logprobs",
];

function validateInclude(include: unknown): Reply | undefined {
  if (include === undefined) return undefined;
  const list: unknown[] = Array.isArray(include) ? include : [include];
  const wrong = list.findIndex((value) => !INCLUDABLE.includes(String(value)));
  if (wrong === -1) return undefined;
  return errorReply(400, {
    message: `Invalid value: '${String(list[wrong])}'. Supported values are: ${quoteAll(INCLUDABLE)}.`,
    code: "invalid_value",
    param: `include[${wrong}]`,
  });
}

function unsupportedValue(
  param: string,
  value: unknown,
  supported: readonly string[],
  model: SimulatedModel,
): Reply {
  return errorReply(400, {
    message: `Unsupported value: '${String(value)}' is not supported with the '${model.slug}' model. Supported values are: ${quoteAll(supported)}.`,
    code: "unsupported_value",
    param,
  });
}

function quoteAll(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(", ");
}
