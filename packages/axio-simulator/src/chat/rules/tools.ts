import { isObject, type JsonObject, stringMember } from "../../json.ts";
import { schemaProblem } from "../../rules/json-schema.ts";
import { platformRefusal, type Refusal } from "../../rules/refusal.ts";
import {
  anyObject,
  arrayOf,
  boolean,
  type Check,
  first,
  invalidType,
  invalidValue,
  missingParameter,
  nullable,
  oneOf,
  shape,
  string,
} from "../../rules/shape.ts";
import { OPENAI_CHAT } from "../switches.ts";
import type { ChatRuleContext } from "./chat-rule.ts";

const TEXT = string();
const NAME = string({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const FUNCTION = shape(
  { name: NAME },
  { description: TEXT, parameters: anyObject, strict: nullable(boolean) },
);
const GRAMMAR = shape({
  type: oneOf(["grammar"]),
  grammar: shape({ syntax: oneOf(["lark", "regex"]), definition: TEXT }),
});
const PLAIN_TEXT = shape({ type: oneOf(["text"]) });
const CUSTOM = shape(
  { name: NAME },
  {
    description: TEXT,
    format: (value, path) => (stringMember(value, "type") === "grammar" ? GRAMMAR : PLAIN_TEXT)(value, path),
  },
);
const TOOLS: Readonly<Record<string, Check>> = {
  function: shape({ type: TEXT, function: checkFunction }),
  custom: shape({ type: TEXT, custom: CUSTOM }),
};

/** Each tool must have a known type, the right members, a unique name, and a schema that the service supports. */
export function refuseTools(body: JsonObject): Refusal | undefined {
  const { tools } = body;
  if (tools === undefined) return undefined;
  const refusal = arrayOf(checkTool, { min: 1, max: 128 })(tools, "tools");
  return refusal ?? refuseSharedNames(toolsOf(body));
}

function refuseSharedNames(tools: readonly ChatTool[]): Refusal | undefined {
  const names = tools.map(({ name }) => name);
  return first(names, (name, index) =>
    names.indexOf(name) === index
      ? undefined
      : platformRefusal(
          `Tool names must be unique. '${name}' is used more than once.`,
          `tools[${index}]`,
          "invalid_value",
        ),
  );
}

function checkTool(value: unknown, path: string): Refusal | undefined {
  const type = stringMember(value, "type");
  if (type === undefined) return anyObject(value, path) ?? missingParameter(`${path}.type`);
  const check = Object.hasOwn(TOOLS, type) ? TOOLS[type] : undefined;
  return check === undefined ? invalidValue(type, `${path}.type`, Object.keys(TOOLS)) : check(value, path);
}

function checkFunction(value: unknown, path: string): Refusal | undefined {
  const refusal = FUNCTION(value, path);
  if (refusal !== undefined || !isObject(value)) return refusal;
  const { name, parameters, strict } = value;
  if (parameters === undefined) return undefined;
  const problem = schemaProblem(parameters, strict === true);
  return problem === undefined
    ? undefined
    : platformRefusal(
        `Invalid schema for function '${String(name)}': ${problem}`,
        `${path}.parameters`,
        "invalid_function_parameters",
      );
}

/** A tool of a request. */
export interface ChatTool {
  readonly type: string;
  readonly name: string;
}

/** The tools of a body. */
export function toolsOf(body: JsonObject): readonly ChatTool[] {
  const tools = Array.isArray(body["tools"]) ? body["tools"].filter(isObject) : [];
  return tools.map((tool) => {
    const type = stringMember(tool, "type") ?? "";
    return { type, name: stringMember(tool[type], "name") ?? "" };
  });
}

/** A tool choice needs tools, and may only name one of them. */
export function refuseToolChoice(
  body: JsonObject,
  { switches = OPENAI_CHAT }: ChatRuleContext = {},
): Refusal | undefined {
  const choice = body["tool_choice"];
  if (choice === undefined) return undefined;
  const tools = toolsOf(body);
  if (tools.length === 0) {
    return platformRefusal(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      "tool_choice",
      null,
    );
  }
  if (!isObject(choice)) {
    const values = switches.assistantAfterTool
      ? ["none", "auto", "required", "any"]
      : ["none", "auto", "required"];
    return oneOf(values)(choice, "tool_choice");
  }
  const type = stringMember(choice, "type") ?? "";
  if (type === "allowed_tools") return checkAllowedTools(choice["allowed_tools"], tools);
  const name = stringMember(choice[type], "name");
  return tools.some((tool) => tool.type === type && tool.name === name) ? undefined : notFound();
}

function checkAllowedTools(value: unknown, tools: readonly ChatTool[]): Refusal | undefined {
  const path = "tool_choice.allowed_tools";
  if (!isObject(value)) return invalidType(value, path, "an object");
  const refusal = shape({ mode: oneOf(["auto", "required"]), tools: arrayOf(anyObject, { min: 1 }) })(
    value,
    path,
  );
  if (refusal !== undefined) return refusal;
  const named = toolsOf({ tools: value["tools"] });
  const isKnown = named.every((tool) =>
    tools.some(({ type, name }) => type === tool.type && name === tool.name),
  );
  return isKnown ? undefined : notFound();
}

function notFound(): Refusal {
  return platformRefusal(
    "Invalid value for 'tool_choice': the named tool is not found in 'tools'.",
    "tool_choice",
    "invalid_value",
  );
}

const JSON_SCHEMA = shape(
  { name: string({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ }) },
  { schema: anyObject, strict: nullable(boolean), description: TEXT },
);

/** The format of the answer must be text, or JSON with a schema that the service supports. */
export function refuseResponseFormat(body: JsonObject): Refusal | undefined {
  const format = body["response_format"];
  if (format === undefined) return undefined;
  const path = "response_format";
  const type = stringMember(format, "type");
  if (type === undefined) return anyObject(format, path) ?? missingParameter(`${path}.type`);
  if (type === "text") return shape({ type: TEXT })(format, path);
  if (type === "json_object") return shape({ type: TEXT })(format, path) ?? refuseSilentJson(body);
  if (type !== "json_schema")
    return invalidValue(type, `${path}.type`, ["json_object", "json_schema", "text"]);
  const refusal = shape({ type: TEXT, json_schema: JSON_SCHEMA })(format, path);
  if (refusal !== undefined || !isObject(format) || !isObject(format["json_schema"])) return refusal;
  const { name, schema, strict } = format["json_schema"];
  const problem = schema === undefined ? undefined : schemaProblem(schema, strict === true);
  return problem === undefined
    ? undefined
    : platformRefusal(
        `Invalid schema for response_format '${String(name)}': ${problem}`,
        path,
        "invalid_json_schema",
      );
}

/** The messages must mention JSON if the answer is to be any JSON. */
function refuseSilentJson(body: JsonObject): Refusal | undefined {
  return /json/i.test(JSON.stringify(body["messages"] ?? ""))
    ? undefined
    : platformRefusal(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        "messages",
        null,
      );
}
