import { isObject, type JsonObject, stringMember } from "../json.ts";
import type { Reply } from "../reply.ts";
import { unsupported } from "./sharing-error.ts";
import type { UnknownRule } from "./unknowns.ts";

const OWN_TOOLS: ReadonlySet<string> = new Set(["function", "custom"]);

/** Checks what kinds of tools a request offers, and where: its own stand in a namespace or in `additional_tools`. */
export function validatePlanTools(body: JsonObject, accepted: ReadonlySet<UnknownRule>): Reply | undefined {
  const input = Array.isArray(body["input"]) ? body["input"] : [];
  const additional = input.flatMap((item: unknown, index) =>
    isObject(item) && item["type"] === "additional_tools"
      ? typesOf(item["tools"], `input[${index}].tools`)
      : [],
  );
  const top = typesOf(body["tools"], "tools");
  const flat = accepted.has("flat_tools") ? undefined : top.find(({ type }) => OWN_TOOLS.has(type));
  if (flat !== undefined) {
    return unsupported(
      "tools outside of a namespace; put them into one or into additional_tools",
      flat.param,
    );
  }
  const hosted = [...top, ...additional].find(
    ({ type }) => !OWN_TOOLS.has(type) && type !== "namespace" && type !== "web_search",
  );
  return hosted === undefined ? undefined : unsupported(`the tool ${hosted.type}`, hosted.param);
}

function typesOf(tools: unknown, path: string): readonly { type: string; param: string }[] {
  if (!Array.isArray(tools)) return [];
  return tools.map((tool: unknown, index) => ({
    type: stringMember(tool, "type") ?? "",
    param: `${path}[${index}].type`,
  }));
}
