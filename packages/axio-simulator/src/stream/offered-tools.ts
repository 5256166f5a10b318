import { isObject, type JsonObject, stringMember } from "../json.ts";

/** A tool of the client and its namespace. */
export interface OfferedTool {
  readonly type: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The tools in the member `tools` and in `additional_tools` items of a request. */
export function offeredTools(body: JsonObject): OfferedTool[] {
  const input = Array.isArray(body["input"]) ? body["input"] : [];
  const lists = [
    body["tools"],
    ...input.filter(isObject).flatMap((item) => (item["type"] === "additional_tools" ? [item["tools"]] : [])),
  ];
  return lists.flatMap((list) => flatten(list, undefined));
}

function flatten(list: unknown, namespace: string | undefined): OfferedTool[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).flatMap((tool) => {
    const type = stringMember(tool, "type") ?? "";
    const name = stringMember(tool, "name") ?? "";
    if (type === "namespace") return flatten(tool["tools"], name);
    return type === "function" || type === "custom" ? [{ type, name, namespace }] : [];
  });
}
