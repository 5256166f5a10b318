import { isObject, type JsonObject, stringMember } from "../json.ts";
import { errorReply, type Reply } from "../reply.ts";

const TOOL_TYPES = new Set([
  "function",
  "custom",
  "namespace",
  "tool_search",
  "web_search",
  "image_generation",
  "local_shell",
]);

/** Checks tool definitions, those inside namespaces as well. */
export function validateTools(tools: unknown, path: string): Reply | undefined {
  if (tools === undefined) return undefined;
  if (!Array.isArray(tools))
    return problem(`Invalid type for '${path}': expected an array.`, path, "invalid_type");
  for (const [index, tool] of tools.entries()) {
    const refusal = validateTool(tool, `${path}[${index}]`);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function validateTool(tool: unknown, path: string): Reply | undefined {
  const type = stringMember(tool, "type");
  if (!isObject(tool) || type === undefined) {
    return problem(
      `Missing required parameter: '${path}.type'.`,
      `${path}.type`,
      "missing_required_parameter",
    );
  }
  if (!TOOL_TYPES.has(type)) {
    return problem(`Invalid value: '${type}'.`, `${path}.type`, "invalid_value");
  }
  if (type === "namespace") return validateTools(tool["tools"], `${path}.tools`);
  if (type !== "function" && type !== "custom") return undefined;
  const name = stringMember(tool, "name");
  if (name === undefined) {
    return problem(
      `Missing required parameter: '${path}.name'.`,
      `${path}.name`,
      "missing_required_parameter",
    );
  }
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
    return problem(
      `Invalid '${path}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${path}.name`,
      "invalid_value",
    );
  }
  return type === "function" ? validateParameters(tool, name, path) : undefined;
}

function validateParameters(tool: JsonObject, name: string, path: string): Reply | undefined {
  const parameters = tool["parameters"];
  const fault = (text: string): Reply =>
    problem(
      `Invalid schema for function '${name}': ${text}`,
      `${path}.parameters`,
      "invalid_function_parameters",
    );
  if (!isObject(parameters)) return fault("schema must be a JSON Schema of 'type: \"object\"'.");
  if (parameters["type"] !== "object") {
    return fault(
      `schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(parameters["type"] ?? null)}'.`,
    );
  }
  if (tool["strict"] !== true) return undefined;
  const text = strictProblem(parameters, []);
  return text === undefined ? undefined : fault(text);
}

/** The first place where a schema is not of the strict kind: every object closed, every property required. */
export function strictProblem(schema: unknown, context: readonly string[]): string | undefined {
  if (!isObject(schema)) return undefined;
  const place = `In context=(${context.map((part) => `'${part}'`).join(", ")})`;
  const properties = schema["properties"];
  if (schema["type"] === "object" || properties !== undefined) {
    if (schema["additionalProperties"] !== false) {
      return `${place}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const names = isObject(properties) ? Object.keys(properties) : [];
    const required = Array.isArray(schema["required"]) ? schema["required"] : [];
    const missing = names.find((property) => !required.includes(property));
    if (missing !== undefined) {
      return `${place}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    }
    for (const [property, inner] of Object.entries(isObject(properties) ? properties : {})) {
      const found = strictProblem(inner, [...context, "properties", property]);
      if (found !== undefined) return found;
    }
  }
  return strictProblem(schema["items"], [...context, "items"]);
}

function problem(message: string, param: string, code: string): Reply {
  return errorReply(400, { message, param, code });
}
