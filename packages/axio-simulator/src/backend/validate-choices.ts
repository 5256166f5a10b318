import { isObject, type JsonObject, stringMember } from "../json.ts";
import { errorReply, type Reply } from "../reply.ts";
import { offeredTools } from "../stream/offered-tools.ts";
import { strictProblem } from "./validate-tools.ts";

const CHOICES: readonly unknown[] = ["auto", "none", "required"];
const HOSTED: readonly string[] = ["web_search", "image_generation"];

/** Checks what a request asks of the tools and the text of its answer. */
export function validateChoices(body: JsonObject, lackingTools: readonly string[]): Reply | undefined {
  return validateHosted(body, lackingTools) ?? validateToolChoice(body) ?? validateFormat(body);
}

/** Every tool of a request, those inside `input` as well, namespaces left whole. */
function toolsOf(body: JsonObject): readonly JsonObject[] {
  const input = Array.isArray(body["input"]) ? body["input"].filter(isObject) : [];
  const lists = [
    body["tools"],
    ...input.flatMap((item) => (item["type"] === "additional_tools" ? [item["tools"]] : [])),
  ];
  return lists.flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []));
}

function validateHosted(body: JsonObject, lackingTools: readonly string[]): Reply | undefined {
  const lacking = toolsOf(body).find((tool) => lackingTools.includes(stringMember(tool, "type") ?? ""));
  if (lacking === undefined) return undefined;
  return problem(
    `Hosted tool '${String(lacking["type"])}' is not supported with ${String(body["model"])}.`,
    "tools",
  );
}

function validateToolChoice(body: JsonObject): Reply | undefined {
  const choice = body["tool_choice"];
  if (choice === undefined || CHOICES.includes(choice)) return undefined;
  const type = stringMember(choice, "type") ?? "";
  const isThere = HOSTED.includes(type)
    ? toolsOf(body).some((tool) => tool["type"] === type)
    : offeredTools(body).some((tool) => tool.type === type && tool.name === stringMember(choice, "name"));
  return isThere
    ? undefined
    : problem("Tool choice names a tool that is not found in 'tools' parameter.", "tool_choice");
}

function validateFormat(body: JsonObject): Reply | undefined {
  const text = body["text"];
  const format = isObject(text) ? text["format"] : undefined;
  if (!isObject(format) || format["type"] === "text") return undefined;
  const name = stringMember(format, "name") ?? "";
  if (format["type"] !== "json_schema" || !/^[a-zA-Z0-9_-]{1,64}$/.test(name))
    return problem("Invalid value for 'text.format'.", "text.format");
  const schema = format["schema"];
  const fault =
    !isObject(schema) || schema["type"] !== "object"
      ? "schema must be a JSON Schema of 'type: \"object\"'."
      : format["strict"] === true
        ? strictProblem(schema, [])
        : undefined;
  return fault === undefined
    ? undefined
    : problem(`Invalid schema for response_format '${name}': ${fault}`, "text.format.schema");
}

function problem(message: string, param: string): Reply {
  return errorReply(400, { message, param, code: "invalid_value" });
}
