import { isObject, type JsonObject, stringMember } from "../json.ts";
import { offeredTools } from "../stream/offered-tools.ts";
import { schemaProblem } from "./json-schema.ts";
import { platformRefusal, type Refusal } from "./refusal.ts";
import type { RuleContext } from "./rule.ts";
import { anyObject, boolean, invalidValue, nullable, oneOf, shape, string } from "./shape.ts";

const HOSTED: readonly string[] = ["web_search", "image_generation"];

/** The account must have the hosted tools that the request offers. */
export function refuseLackingTools(
  body: JsonObject,
  { lackingTools = [] }: RuleContext = {},
): Refusal | undefined {
  const lacking = toolsOf(body).find((tool) => lackingTools.includes(stringMember(tool, "type") ?? ""));
  if (lacking === undefined) return undefined;
  return platformRefusal(
    `Hosted tool '${String(lacking["type"])}' is not supported with ${String(body["model"])}.`,
    "tools",
    "invalid_value",
  );
}

/** A tool choice must name a tool of the request. */
export function refuseToolChoice(body: JsonObject): Refusal | undefined {
  const choice = body["tool_choice"];
  if (choice === undefined) return undefined;
  if (!isObject(choice)) return oneOf(["none", "auto", "required"])(choice, "tool_choice");
  const type = stringMember(choice, "type") ?? "";
  const isThere = HOSTED.includes(type)
    ? toolsOf(body).some((tool) => tool["type"] === type)
    : offeredTools(body).some((tool) => tool.type === type && tool.name === stringMember(choice, "name"));
  return isThere
    ? undefined
    : platformRefusal(
        "Tool choice names a tool that is not found in 'tools' parameter.",
        "tool_choice",
        "invalid_value",
      );
}

const JSON_SCHEMA = shape(
  {
    type: string(),
    name: string({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ }),
    schema: anyObject,
  },
  { strict: nullable(boolean), description: string() },
);
const NO_SCHEMA = shape({ type: string() });

/** The format of the answer must be text, or JSON with a schema that the service supports. */
export function refuseOutputFormat(body: JsonObject): Refusal | undefined {
  const format = isObject(body["text"]) ? body["text"]["format"] : undefined;
  if (!isObject(format)) return undefined;
  const type = stringMember(format, "type") ?? "";
  if (type === "text" || type === "json_object") return NO_SCHEMA(format, "text.format");
  if (type !== "json_schema") {
    return invalidValue(type, "text.format.type", ["json_object", "json_schema", "text"]);
  }
  const refusal = JSON_SCHEMA(format, "text.format");
  if (refusal !== undefined) return refusal;
  const problem = schemaProblem(format["schema"], format["strict"] === true);
  return problem === undefined
    ? undefined
    : platformRefusal(
        `Invalid schema for response_format '${String(format["name"])}': ${problem}`,
        "text.format.schema",
        "invalid_json_schema",
      );
}

/** Every tool of a request, those in `input` included. Namespaces are not opened. */
function toolsOf(body: JsonObject): readonly JsonObject[] {
  const input = Array.isArray(body["input"]) ? body["input"].filter(isObject) : [];
  const lists = [
    body["tools"],
    ...input.flatMap((item) => (item["type"] === "additional_tools" ? [item["tools"]] : [])),
  ];
  return lists.flatMap((value) => (Array.isArray(value) ? value.filter(isObject) : []));
}
