import { AxioError, type HostedToolSettings, type JsonObject, type ToolDefinition } from "axio";
import { withoutUndefined } from "axio/internal";
import type { Dialect } from "../dialect/dialect.ts";
import { mergeJson } from "../json-members.ts";

/**
 * The body members that ask the server to run its own tools.
 *
 * @throws AxioError `unsupported-parameter` for a tool that the server does not have.
 */
export function toHostedToolMembers(tools: readonly ToolDefinition[], dialect: Dialect): JsonObject {
  return tools.reduce<JsonObject>(
    (members, { name, hosted }) =>
      hosted === undefined ? members : mergeJson(members, toMembers(name, hosted, dialect)),
    {},
  );
}

function toMembers(name: string, hosted: HostedToolSettings, dialect: Dialect): JsonObject {
  const form = hosted.type === "provider" ? undefined : dialect.hostedTools[hosted.type];
  if (hosted.type === "web-search" && form === "web_search_options") {
    const { contextSize, location } = hosted;
    return {
      web_search_options: {
        ...(contextSize === undefined ? {} : { search_context_size: contextSize }),
        ...(location === undefined
          ? {}
          : { user_location: { type: "approximate", approximate: withoutUndefined(location) } }),
      },
    };
  }
  if (form === "web-plugin") return { plugins: [{ id: "web" }] };
  if (form === "image-modality") return { modalities: ["image", "text"] };
  throw new AxioError(
    "unsupported-parameter",
    `${dialect.name} does not run the tool ${JSON.stringify(name)} itself. Remove the tool, or define one that you run.`,
    { details: { parameter: "tools" } },
  );
}
