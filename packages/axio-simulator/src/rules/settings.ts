import { isObject, type JsonObject } from "../json.ts";
import { detailRefusal, platformRefusal, type Refusal } from "./refusal.ts";
import type { RuleContext } from "./rule.ts";
import {
  anyObject,
  anything,
  arrayOf,
  boolean,
  type Check,
  list,
  nullable,
  oneOf,
  shape,
  string,
} from "./shape.ts";

const SUMMARIES = ["auto", "concise", "detailed"];
const VERBOSITIES = ["low", "medium", "high"];
const TEXT = string();

/** The members of a body that choose how a model answers. */
const SETTINGS: Readonly<Record<string, Check>> = {
  instructions: TEXT,
  parallel_tool_calls: boolean,
  prompt_cache_key: string({ max: 64 }),
  client_metadata: anyObject,
  service_tier: TEXT,
  reasoning: shape(
    {},
    { effort: anything, summary: anything, context: nullable(oneOf(["auto", "current_turn", "all_turns"])) },
  ),
  text: shape({}, { format: anything, verbosity: anything }),
  stream_options: nullable(shape({}, { include_obfuscation: boolean, reasoning_summary_delivery: TEXT })),
};

const INCLUDABLE = [
  "reasoning.encrypted_content",
  "web_search_call.action.sources",
  "message.output_text.logprobs",
];
const PLATFORM_INCLUDABLE = [
  ...INCLUDABLE,
  "web_search_call.results",
  "file_search_call.results",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
];

/** The settings must have the right types and members. */
export function refuseSettings(
  body: JsonObject,
  { isPlatform = false }: RuleContext = {},
): Refusal | undefined {
  for (const [name, check] of Object.entries(SETTINGS)) {
    const refusal = body[name] === undefined ? undefined : check(body[name], name);
    if (refusal !== undefined) return refusal;
  }
  const { include } = body;
  if (include === undefined) return undefined;
  const isAbsent = isPlatform && include === null;
  return isAbsent
    ? undefined
    : arrayOf(oneOf(isPlatform ? PLATFORM_INCLUDABLE : INCLUDABLE))(include, "include");
}

/** The model must support the effort, the summary, the verbosity and the tier. */
export function refuseUnsupportedSettings(
  body: JsonObject,
  { model }: RuleContext = {},
): Refusal | undefined {
  if (model === undefined) return undefined;
  const { reasoning, text, service_tier: tier } = body;
  // `ultra` exists in the catalogue only: its value on the wire is `max`.
  const known = model.efforts.filter((level) => level !== "ultra" && level !== "none");
  const efforts = model.lacksNone ? known : ["none", ...known];
  const choices: readonly (readonly [param: string, value: unknown, supported: readonly string[]])[] = [
    ["reasoning.effort", isObject(reasoning) ? reasoning["effort"] : undefined, efforts],
    ["reasoning.summary", isObject(reasoning) ? reasoning["summary"] : undefined, SUMMARIES],
    ["text.verbosity", isObject(text) ? text["verbosity"] : undefined, VERBOSITIES],
  ];
  for (const [param, value, supported] of choices) {
    if (value === undefined || value === null || supported.includes(String(value))) continue;
    return platformRefusal(
      `Unsupported value: '${String(value)}' is not supported with the '${model.slug}' model. Supported values are: ${list(supported, "and")}.`,
      param,
      "unsupported_value",
    );
  }
  if (tier === undefined || ["auto", "default", ...model.serviceTiers].includes(String(tier))) {
    return undefined;
  }
  return detailRefusal(`Unsupported service_tier: ${String(tier)}`);
}
