import { isObject, type JsonObject, stringMember } from "../json.ts";
import { schemaProblem } from "./json-schema.ts";
import { platformRefusal, type Refusal } from "./refusal.ts";
import type { RuleContext } from "./rule.ts";
import {
  anyObject,
  anything,
  arrayOf,
  boolean,
  type Check,
  invalidType,
  invalidValue,
  missingParameter,
  nullable,
  oneOf,
  shape,
  string,
} from "./shape.ts";

const TEXT = string();
const NAME = string({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const SHARED = { description: TEXT, defer_loading: boolean, allowed_callers: nullable(arrayOf(TEXT)) };
const GRAMMAR = shape({ type: oneOf(["grammar"]), syntax: oneOf(["lark", "regex"]), definition: TEXT });
const PLAIN_TEXT = shape({ type: oneOf(["text"]) });

/** The members of each tool type except `type`. */
const TOOLS: Readonly<Record<string, Check>> = {
  function: withSchema(
    shape(
      { name: NAME },
      {
        ...SHARED,
        parameters: nullable(anything),
        strict: nullable(boolean),
        output_schema: nullable(anyObject),
      },
    ),
  ),
  custom: shape(
    { name: NAME },
    {
      ...SHARED,
      format: (value, path) =>
        (stringMember(value, "type") === "grammar" ? GRAMMAR : PLAIN_TEXT)(value, path),
    },
  ),
  namespace: shape({
    name: NAME,
    description: TEXT,
    tools: arrayOf((value, path) => checkTool(value, path, TOOLS), { min: 1 }),
  }),
  tool_search: shape({}, { execution: TEXT, description: TEXT, parameters: nullable(anyObject) }),
  web_search: shape(
    {},
    {
      external_web_access: boolean,
      indexed_web_access: boolean,
      filters: nullable(anyObject),
      user_location: nullable(anyObject),
      search_context_size: oneOf(["low", "medium", "high"]),
      search_content_types: arrayOf(TEXT),
    },
  ),
  image_generation: shape(
    {},
    {
      model: TEXT,
      quality: oneOf(["low", "medium", "high", "auto"]),
      size: TEXT,
      output_format: oneOf(["png", "webp", "jpeg"]),
      output_compression: anything,
      moderation: oneOf(["auto", "low"]),
      background: oneOf(["transparent", "opaque", "auto"]),
      input_fidelity: nullable(oneOf(["high", "low"])),
      input_image_mask: anyObject,
      partial_images: anything,
      action: TEXT,
    },
  ),
  local_shell: shape({}),
};

/** The tools that only the platform with an API key has. */
const PLATFORM_TOOLS: typeof TOOLS = {
  file_search: shape(
    { vector_store_ids: arrayOf(TEXT, { min: 1 }) },
    { max_num_results: anything, filters: nullable(anyObject), ranking_options: anyObject },
  ),
  code_interpreter: shape({ container: anything }),
  mcp: shape(
    { server_label: TEXT },
    {
      server_url: TEXT,
      connector_id: TEXT,
      server_description: TEXT,
      authorization: TEXT,
      headers: nullable(anyObject),
      allowed_tools: nullable(anything),
      require_approval: nullable(anything),
      defer_loading: boolean,
    },
  ),
  computer: shape({}),
  shell: shape({}, { environment: nullable(anyObject) }),
  apply_patch: shape({}),
  web_search_preview: anyObject,
};

/** Checks a list of tool definitions. */
export const toolDefinitions: Check = arrayOf((value, path) => checkTool(value, path, TOOLS));

/** Each tool must have a known type, the right members, a valid name, and a schema that the service supports. */
export function refuseTools(body: JsonObject, { isPlatform = false }: RuleContext = {}): Refusal | undefined {
  const { tools } = body;
  if (tools === undefined) return undefined;
  const known = isPlatform ? { ...TOOLS, ...PLATFORM_TOOLS } : TOOLS;
  return arrayOf((value, path) => checkTool(value, path, known), { max: 128 })(tools, "tools");
}

function checkTool(value: unknown, path: string, tools: typeof TOOLS): Refusal | undefined {
  if (!isObject(value)) return invalidType(value, path, "an object");
  const type = stringMember(value, "type");
  if (type === undefined) return missingParameter(`${path}.type`);
  const check = Object.hasOwn(tools, type) ? tools[type] : undefined;
  if (check === undefined) return invalidValue(type, `${path}.type`, Object.keys(tools));
  const { type: _type, ...members } = value;
  return check(members, path);
}

/** A function whose schema the service supports. */
function withSchema(check: Check): Check {
  return (value, path) => check(value, path) ?? (isObject(value) ? checkParameters(value, path) : undefined);
}

function checkParameters(tool: JsonObject, path: string): Refusal | undefined {
  const { name, parameters, strict } = tool;
  if (parameters === undefined || parameters === null) return undefined;
  const problem = schemaProblem(parameters, strict === true);
  return problem === undefined
    ? undefined
    : platformRefusal(
        `Invalid schema for function '${String(name)}': ${problem}`,
        `${path}.parameters`,
        "invalid_function_parameters",
      );
}
