import type { Progress, Tool as ServerTool } from "@modelcontextprotocol/client";
import { defineTool, type Guard, isJsonObject, type JsonObject, type JsonValue, type Tool } from "axio";
import type { PluginHost } from "axio/plugin";
import type { McpServer } from "./mcp-server.ts";
import { toResultBlocks } from "./result-blocks.ts";

const MAX_DETAIL = 10_000;

/**
 * Makes a tool of a server's one.
 *
 * @throws AxioError `tool-schema` where a model could not be told of it.
 */
export function mcpTool(
  name: string,
  server: McpServer,
  definition: ServerTool,
  ask: PluginHost["requestPermission"],
): Tool {
  const { description = definition.title ?? definition.annotations?.title ?? definition.name } = definition;
  const tool = defineTool({
    name,
    description,
    inputSchema: definition.inputSchema as JsonObject,
    guards: isTrusted(server, definition) ? [] : [askGuard(server, definition, ask)],
    execute: async (input: JsonObject, { signal, emit }) => {
      const onProgress = (progress: Progress): void => emit(`${progressLine(progress)}\n`);
      return toResultBlocks(await server.call(definition.name, input, { signal, onProgress }));
    },
  });
  return {
    ...tool,
    validate: async (input) => {
      if (!isJsonObject(input)) return { ok: false, issues: ["the arguments must be an object"] };
      try {
        return await tool.validate(input);
      } catch {
        // A schema that only the server understands. It checks the arguments itself.
        return { ok: true, value: input };
      }
    },
  };
}

function isTrusted({ config }: McpServer, { name, annotations }: ServerTool): boolean {
  if (config.alwaysAllow?.includes(name) === true) return true;
  return config.trustReadOnly === true && annotations?.readOnlyHint === true;
}

function askGuard(server: McpServer, definition: ServerTool, ask: PluginHost["requestPermission"]): Guard {
  // A server may put anything into a name.
  const shownName = definition.name.replace(/[^A-Za-z0-9_./-]/g, "_");
  return async ({ input, signal }) => {
    const answer = await ask({
      title: `Call ${shownName} of the MCP server ${server.name}`,
      detail: { type: "text", text: `${argumentText(input)}${hintText(definition)}` },
      key: `mcp:${server.name}:${definition.name}`,
      scopeDescription: `every call of ${shownName}`,
      signal,
    });
    if (answer.allowed) return { action: "allow" };
    return { action: "deny", reason: answer.reason ?? "The person does not want this call." };
  };
}

function argumentText(input: JsonValue): string {
  // JSON escapes most of what would command a terminal, and nothing that turns the direction of a line.
  const text = JSON.stringify(input, null, 2).replace(
    /[\x7f-\x9f\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.length <= MAX_DETAIL
    ? text
    : `${text.slice(0, MAX_DETAIL)}\n… ${text.length - MAX_DETAIL} more characters`;
}

/** What the server says of the tool. It may say anything. */
function hintText({ annotations = {} }: ServerTool): string {
  const { readOnlyHint, destructiveHint, openWorldHint } = annotations;
  const hints = [
    readOnlyHint === true ? "it only reads" : "",
    readOnlyHint !== true && destructiveHint === true ? "it may destroy something" : "",
    openWorldHint === true ? "it reaches beyond this machine" : "",
  ].filter((hint) => hint !== "");
  return hints.length === 0 ? "" : `\nThe server says: ${hints.join(", ")}.`;
}

function progressLine({ progress, total, message }: Progress): string {
  const count = total === undefined ? `${progress}` : `${progress}/${total}`;
  return message === undefined ? count : `${count} ${message}`;
}
