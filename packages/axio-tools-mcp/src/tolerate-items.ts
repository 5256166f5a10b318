import { isSpecType, type JSONRPCMessage, type Transport } from "@modelcontextprotocol/client";
import { isJsonObject } from "axio";

/**
 * Makes a transport leave out the invalid items of a list, which the SDK would reject as a whole: of the tools, and of the
 * content of a tool result.
 *
 * @param onInvalidTool Called with the name of a tool and what is wrong with it.
 */
export function tolerateItems(
  transport: Transport,
  onInvalidTool: (name: string, problem: string) => void,
): void {
  const methods = new Map<string | number, string>();
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    for (const one of [message].flat()) {
      if ("method" in one && "id" in one && one.id !== undefined) methods.set(one.id, one.method);
    }
    return send(message, options);
  };
  let handler: Transport["onmessage"];
  const receive: NonNullable<Transport["onmessage"]> = (message, extra) => {
    const id = "id" in message && !("method" in message) ? message.id : undefined;
    const method = id === undefined ? undefined : methods.get(id);
    if (id !== undefined) methods.delete(id);
    handler?.(repair(message, method, onInvalidTool), extra);
  };
  Object.defineProperty(transport, "onmessage", {
    configurable: true,
    get: () => (handler === undefined ? undefined : receive),
    set: (next: Transport["onmessage"]) => {
      handler = next;
    },
  });
}

function repair(
  message: JSONRPCMessage,
  method: string | undefined,
  onInvalidTool: (name: string, problem: string) => void,
): JSONRPCMessage {
  if (!("result" in message)) return message;
  const { tools, content } = message.result;
  if (method === "tools/list" && Array.isArray(tools)) {
    const valid = tools.filter((tool, index) => {
      if (isSpecType.Tool(tool)) return true;
      onInvalidTool(nameOf(tool, index), problemOf(tool));
      return false;
    });
    return { ...message, result: { ...message.result, tools: valid } };
  }
  if (method === "tools/call" && Array.isArray(content)) {
    return { ...message, result: { ...message.result, content: content.map(toContentBlock) } };
  }
  return message;
}

/** A name comes from the server and may contain any character. */
function nameOf(tool: unknown, index: number): string {
  const name = isJsonObject(tool) ? tool["name"] : undefined;
  if (typeof name !== "string" || name === "") return `number ${index + 1}`;
  return name.replace(/[^A-Za-z0-9_./-]/g, "_").slice(0, 64);
}

function problemOf(tool: unknown): string {
  if (!isJsonObject(tool)) return "it is not an object";
  const { name, inputSchema } = tool;
  if (typeof name !== "string" || name === "") return "it has no name";
  if (inputSchema === undefined) return "it has no inputSchema";
  if (!isJsonObject(inputSchema)) return "its inputSchema is not an object";
  if (inputSchema["type"] !== "object") return 'its inputSchema is not of "type": "object"';
  const member = ["title", "description", "outputSchema", "annotations", "icons", "execution", "_meta"].find(
    (candidate) =>
      tool[candidate] !== undefined && !isSpecType.Tool({ name, inputSchema, [candidate]: tool[candidate] }),
  );
  return member === undefined ? "its definition is not valid" : `its ${member} cannot be used`;
}

/** Content of a type that MCP does not have becomes text: the model can read it. */
function toContentBlock(block: unknown): unknown {
  if (isSpecType.ContentBlock(block)) return block;
  const text = isJsonObject(block) && typeof block["text"] === "string" ? block["text"] : undefined;
  return { type: "text", text: text ?? JSON.stringify(block) };
}
