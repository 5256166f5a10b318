import { isObject, type JsonObject } from "../json.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { detailReply, type Reply } from "../reply.ts";
import type { SimulatorState } from "../state.ts";
import { isGenuine } from "../stream/encrypted-content.ts";
import { isAtLeast, type SimulatedModel } from "./model-catalogue.ts";
import { validateChoices } from "./validate-choices.ts";
import { validateInput } from "./validate-input.ts";
import { isLite, validateLite } from "./validate-lite.ts";
import { validateSettings } from "./validate-settings.ts";
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
