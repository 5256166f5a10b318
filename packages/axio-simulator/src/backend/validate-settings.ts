import { isObject, type JsonObject } from "../json.ts";
import { detailReply, errorReply, type Reply } from "../reply.ts";
import type { SimulatedModel } from "./model-catalogue.ts";

/** Checks the members that choose how a model answers. */
export function validateSettings(body: JsonObject, model: SimulatedModel): Reply | undefined {
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
