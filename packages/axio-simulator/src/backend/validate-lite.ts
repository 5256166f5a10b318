import { isObject, type JsonObject } from "../json.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { errorReply, type Reply } from "../reply.ts";
import { isAtLeast } from "./model-catalogue.ts";

const NAMESPACES_SINCE = "0.145.0";
const LITE_HEADER = "x-openai-internal-codex-responses-lite";

/** Whether the request says it is for a lite model, which takes instructions and tools inside `input`. */
export function isLite(request: RecordedRequest): boolean {
  return request.headers[LITE_HEADER] === "true";
}

/** The first way in which a request with the lite header is not what the official CLI sends with it. */
export function validateLite(request: RecordedRequest, body: JsonObject): Reply | undefined {
  if (!isLite(request)) return undefined;
  const stray = ["instructions", "tools"].find((name) => body[name] !== undefined);
  if (stray !== undefined) return problem(`A lite request has no '${stray}': it stands in 'input'.`, stray);
  if (body["parallel_tool_calls"] !== false) {
    return problem("A lite request has 'parallel_tool_calls' false.", "parallel_tool_calls");
  }
  const reasoning = body["reasoning"];
  if (!isObject(reasoning) || reasoning["context"] !== "all_turns") {
    return problem("A lite request has the 'reasoning.context' 'all_turns'.", "reasoning.context");
  }
  // The official CLI 0.144.6 sends no namespaces, 0.169.0 does; when that began is not known.
  const wantsNamespace = isAtLeast(request.headers["version"] ?? NAMESPACES_SINCE, NAMESPACES_SINCE);
  const input = Array.isArray(body["input"]) ? body["input"].filter(isObject) : [];
  for (const [index, item] of input.entries()) {
    const path = `input[${index}]`;
    if (item["type"] === "additional_tools") {
      const refusal = validateAdditionalTools(item, path, wantsNamespace);
      if (refusal !== undefined) return refusal;
    }
    const parts = item["content"] ?? item["output"];
    const detailed = Array.isArray(parts)
      ? parts.findIndex((part) => isObject(part) && part["detail"] !== undefined)
      : -1;
    if (detailed !== -1)
      return problem("A lite request has pictures without 'detail'.", `${path}[${detailed}]`);
  }
  return undefined;
}

function validateAdditionalTools(item: JsonObject, path: string, wantsNamespace: boolean): Reply | undefined {
  if (item["role"] !== "developer")
    return problem(`Invalid value for '${path}.role': expected 'developer'.`, `${path}.role`);
  const tools = Array.isArray(item["tools"]) ? item["tools"].filter(isObject) : [];
  const bare = wantsNamespace && tools.find(({ type }) => type === "function" || type === "custom");
  if (bare) return problem(`A lite request wraps '${String(bare["name"])}' in a namespace.`, `${path}.tools`);
  return undefined;
}

function problem(message: string, param: string): Reply {
  return errorReply(400, { message, param, code: "invalid_value" });
}
