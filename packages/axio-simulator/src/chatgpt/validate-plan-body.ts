import type { SimulatedModel } from "../backend/model-catalogue.ts";
import { validateChoices } from "../backend/validate-choices.ts";
import { validateInput } from "../backend/validate-input.ts";
import { validateSettings } from "../backend/validate-settings.ts";
import { validateTools } from "../backend/validate-tools.ts";
import { isObject, type JsonObject, stringMember } from "../json.ts";
import { errorReply, jsonReply, type Reply } from "../reply.ts";
import { unsupported } from "./sharing-error.ts";
import type { UnknownRule } from "./unknowns.ts";
import { validatePlanTools } from "./validate-plan-tools.ts";

/** What the checks of a body depend on. */
export interface PlanBodyRules {
  readonly models: readonly SimulatedModel[];
  readonly lackingTools: readonly string[];
  readonly accepted: ReadonlySet<UnknownRule>;
  /** Whether encrypted content is what the service gave out, unchanged. */
  readonly isKnownContent: (content: string) => boolean;
}

/** The members that the documents say must be left out. */
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
  "tool_choice",
  "parallel_tool_calls",
  "stream_options",
  "client_metadata",
  "prompt_cache_options",
]);

const UNSURE_MEMBERS: readonly UnknownRule[] = [
  "tool_choice",
  "parallel_tool_calls",
  "stream_options",
  "client_metadata",
  "prompt_cache_options",
];

const REFUSED_ITEMS: ReadonlySet<string> = new Set([
  "compaction_trigger",
  "agent_message",
  "configuration_update",
  "local_shell_call",
  "tool_search_call",
  "tool_search_output",
  "image_generation_call",
]);

/** The body where every check passed, or the refusal. */
export function validatePlanBody(
  value: unknown,
  rules: PlanBodyRules,
): { readonly body: JsonObject } | { readonly refusal: Reply } {
  if (!isObject(value)) return { refusal: validationList(["body"], "model_attributes_type") };
  const input = value["input"];
  if (!Array.isArray(input)) return { refusal: validationList(["body", "input"], "list_type") };
  const model = rules.models.find(({ slug }) => slug === value["model"]);
  const refusal =
    validateMembers(value, rules.accepted) ??
    validateItems(input) ??
    validatePlanTools(value, rules.accepted) ??
    (model === undefined ? modelNotFound(value["model"]) : validateModelSettings(value, model)) ??
    validateTools(value["tools"], "tools") ??
    validateChoices(value, rules.lackingTools) ??
    validateInput(input, rules.isKnownContent);
  return refusal === undefined ? { body: value } : { refusal };
}

function validationList(loc: readonly string[], type: string): Reply {
  return jsonReply(422, { detail: [{ type, loc, msg: "Input should be of another type" }] });
}

function validateMembers(body: JsonObject, accepted: ReadonlySet<UnknownRule>): Reply | undefined {
  const refused = UNSUPPORTED_MEMBERS.find((name) => body[name] !== undefined);
  if (refused !== undefined) return unsupported(`the parameter ${refused}`, refused);
  if (body["store"] !== false) return unsupported("stored responses; store must be false", "store");
  if (body["stream"] !== true) return unsupported("answers in one piece; stream must be true", "stream");
  if (body["previous_response_id"] !== undefined) {
    return unsupported("previous_response_id", "previous_response_id");
  }
  const unsure = UNSURE_MEMBERS.find((name) => body[name] !== undefined && !accepted.has(name));
  if (unsure !== undefined) return unsupported(`the parameter ${unsure}`, unsure);
  const unknown = Object.keys(body).find((name) => !KNOWN_MEMBERS.has(name));
  if (unknown === undefined) return validateText(body["text"], accepted);
  return errorReply(400, {
    message: `Unknown parameter: '${unknown}'.`,
    code: "unknown_parameter",
    param: unknown,
  });
}

function validateText(text: unknown, accepted: ReadonlySet<UnknownRule>): Reply | undefined {
  if (!isObject(text)) return undefined;
  if (text["format"] !== undefined && !accepted.has("text_format")) {
    return unsupported("text.format", "text.format");
  }
  if (text["verbosity"] !== undefined && !accepted.has("text_verbosity")) {
    return unsupported("text.verbosity", "text.verbosity");
  }
  return undefined;
}

function validateItems(input: readonly unknown[]): Reply | undefined {
  for (const [index, item] of input.entries()) {
    if (!isObject(item)) continue;
    if (item["role"] === "system") return unsupported("system messages", `input[${index}].role`);
    const type = stringMember(item, "type") ?? "message";
    if (REFUSED_ITEMS.has(type)) return unsupported(`input items of the type ${type}`, "input");
    if (type === "additional_tools" && item["role"] !== "developer") {
      return errorReply(400, {
        message: "Invalid value: expected the role 'developer'.",
        code: "invalid_value",
        param: `input[${index}].role`,
      });
    }
  }
  return undefined;
}

function modelNotFound(model: unknown): Reply {
  return errorReply(404, {
    message: `The model '${String(model)}' does not exist or you do not have access to it.`,
    code: "model_not_found",
    param: "model",
  });
}

function validateModelSettings(body: JsonObject, model: SimulatedModel): Reply | undefined {
  const tier = body["service_tier"];
  const tiers = ["auto", "default", ...model.serviceTiers];
  if (tier !== undefined && !tiers.includes(String(tier))) {
    return unsupported(`the service tier ${String(tier)}`, "service_tier");
  }
  return validateSettings(body, model);
}
