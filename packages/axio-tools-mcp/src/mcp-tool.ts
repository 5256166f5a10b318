import type { Progress, Tool as ServerTool } from "@modelcontextprotocol/client";
import { defineTool, type Guard, isJsonObject, type JsonObject, type Tool } from "axio";
import type { PluginHost } from "axio/plugin";
import type { McpServer } from "./mcp-server.ts";
import { toResultBlocks } from "./result-blocks.ts";

const MAX_DETAIL_CHARACTERS = 10_000;

/**
 * Converts a server's tool.
 *
 * @throws AxioError `tool-schema` if the input schema cannot be sent to a model.
 */
export function mcpTool(
  name: string,
  server: McpServer,
  definition: ServerTool,
  requestPermission: PluginHost["requestPermission"],
): Tool {
  const { description = definition.title ?? definition.annotations?.title ?? definition.name } = definition;
  const tool = defineTool({
    name,
    description,
    inputSchema: definition.inputSchema as JsonObject,
    guards: isTrusted(server, definition) ? [] : [permissionGuard(server, definition, requestPermission)],
    execute: async (input: JsonObject, { signal, emit }) => {
      const onProgress = (progress: Progress): void => emit(`${progressLine(progress)}\n`);
      return toResultBlocks(await server.call(definition.name, input, { signal, onProgress }));
    },
  });
  return {
    ...tool,
    validate: async (input) => {
      if (!isJsonObject(input)) return { ok: false, issues: ["the input must be an object"] };
      try {
        return await tool.validate(input);
      } catch {
        // The schema cannot be checked here. The server validates the input itself.
        return { ok: true, value: input };
      }
    },
  };
}

function isTrusted({ config }: McpServer, { name, annotations }: ServerTool): boolean {
  if (config.alwaysAllow?.includes(name) === true) return true;
  return config.trustReadOnly === true && annotations?.readOnlyHint === true;
}

function permissionGuard(
  server: McpServer,
  definition: ServerTool,
  requestPermission: PluginHost["requestPermission"],
): Guard {
  // A name comes from the server and may contain any character.
  const shownName = definition.name.replace(/[^A-Za-z0-9_./-]/g, "_");
  return async ({ input, signal }) => {
    const permission = await requestPermission({
      title: `Call ${shownName} of the MCP server ${server.name}`,
      detail: { type: "text", text: `${inputText(input)}${hintText(definition)}` },
      key: `mcp:${server.name}:${definition.name}`,
      scopeDescription: `every call of ${shownName}`,
      signal,
    });
    if (permission.allowed) return { action: "allow" };
    return { action: "deny", reason: permission.reason ?? "The user denied this call." };
  };
}

function inputText(input: unknown): string {
  // `JSON.stringify` escapes only some of the control characters, and no bidirectional ones.
  const text = JSON.stringify(input, null, 2).replace(
    /[\x7f-\x9f\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.length <= MAX_DETAIL_CHARACTERS
    ? text
    : `${text.slice(0, MAX_DETAIL_CHARACTERS)}\n… ${text.length - MAX_DETAIL_CHARACTERS} more characters`;
}

/** Returns the server's own hints about the tool. They are not verified. */
function hintText({ annotations = {} }: ServerTool): string {
  const { readOnlyHint, destructiveHint, openWorldHint } = annotations;
  const hints = [
    readOnlyHint === true ? "the tool is read-only" : "",
    readOnlyHint !== true && destructiveHint === true ? "the tool may be destructive" : "",
    openWorldHint === true ? "the tool accesses other systems" : "",
  ].filter((hint) => hint !== "");
  return hints.length === 0 ? "" : `\nAccording to the server: ${hints.join(", ")}.`;
}

function progressLine({ progress, total, message }: Progress): string {
  const count = total === undefined ? `${progress}` : `${progress}/${total}`;
  return message === undefined ? count : `${count} ${message}`;
}
