import { createHash } from "node:crypto";
import type { Progress, Tool as ServerTool } from "@modelcontextprotocol/client";
import { defineTool, type Guard, isJsonObject, type JsonObject, type Tool } from "axio";
import type { PermissionSubject, PluginHost } from "axio/plugin";
import type { McpServer } from "./mcp-server.ts";
import { toResultBlocks } from "./result-blocks.ts";

/** How permission is requested for the calls of a tool. */
export interface McpPermissions {
  readonly requestPermission: PluginHost["requestPermission"];
  /** Whether to request it also for tools that the config allows, so that a rule can deny them. */
  readonly requestsAllowed: boolean;
}

/**
 * Converts a server's tool.
 *
 * @throws AxioError `tool-schema` if the input schema cannot be sent to a model.
 */
export function mcpTool(
  name: string,
  server: McpServer,
  definition: ServerTool,
  permissions: McpPermissions,
): Tool {
  const { description = definition.title ?? definition.annotations?.title ?? definition.name } = definition;
  const tool = defineTool({
    name,
    description,
    inputSchema: definition.inputSchema as JsonObject,
    guards:
      isTrusted(server, definition) && !permissions.requestsAllowed
        ? []
        : [permissionGuard(server, definition, permissions.requestPermission)],
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
  const subject: PermissionSubject = {
    type: "mcp",
    server: server.name,
    tool: definition.name,
    definitionHash: definitionHash(definition),
    isReadOnly: definition.annotations?.readOnlyHint === true,
  };
  return async ({ input, toolCallId, signal }) => {
    const permission = await requestPermission({
      title: `Call ${shownName} of the MCP server ${server.name}`,
      detail: { type: "text", text: `${inputText(input)}${hintText(definition)}` },
      subject,
      isAllowedByDefault: isTrusted(server, definition),
      // The answer is for this definition: a server may change what a tool does, and keep its name.
      key: `mcp:${server.name}:${definition.name}:${subject.definitionHash}`,
      scopeDescription: `every call of ${shownName}`,
      toolCallId,
      signal,
    });
    if (permission.allowed) return { action: "allow" };
    return { action: "deny", reason: permission.reason ?? "The user denied this call." };
  };
}

/** Identifies what the model and the user are told about a tool, whatever the order of its properties. */
export function definitionHash({
  name,
  title,
  description,
  inputSchema,
  outputSchema,
  annotations,
}: ServerTool): string {
  const parts = { name, title, description, inputSchema, outputSchema, annotations };
  return createHash("sha256").update(JSON.stringify(parts, sortProperties)).digest("hex").slice(0, 16);
}

function sortProperties(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Returns the whole input as JSON. Whatever is not printable ASCII is escaped: `JSON.stringify` escapes only a part of it. */
function inputText(input: unknown): string {
  return JSON.stringify(input, null, 2).replace(
    /[^\x20-\x7e\n]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
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
