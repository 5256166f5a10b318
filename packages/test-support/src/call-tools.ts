import { Agent, type JsonValue, type Tool, type ToolResultBlock } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";

/** The result of a tool call, and its output. */
export interface Outcome {
  /** The result's text; blocks as JSON. */
  readonly text: string;
  readonly content: ToolResultBlock["content"];
  readonly isError: boolean;
  readonly shown: string;
}

/** Options of {@link callTools}. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Called with all output of a call so far, whenever there is more. */
  readonly onShown?: (shown: string) => void;
}

/** Lets an agent make concurrent tool calls. */
export async function callTools(
  tools: readonly Tool[],
  calls: readonly (readonly [name: string, input: JsonValue])[],
  { signal, onShown }: CallOptions = {},
): Promise<readonly Outcome[]> {
  const uses = calls.map(([name, input], index) => toolUse(`call-${index}`, name, input));
  const transport = new ScriptedTransport([toolAnswer(...uses), textAnswer("Done.")]);
  const shown = new Map<string, string>();
  const results = new Map<string, ToolResultBlock>();
  const stream = new Agent({ transport, tools }).runStream("Go.", { ...(signal && { signal }) });
  for await (const event of stream) {
    if (event.type === "tool-output-delta") {
      const all = (shown.get(event.toolCallId) ?? "") + event.delta;
      shown.set(event.toolCallId, all);
      onShown?.(all);
    }
    if (event.type === "tool-result") results.set(event.result.toolCallId, event.result);
  }
  return uses.map(({ id }) => {
    const result = results.get(id);
    if (result === undefined) throw new Error(`There is no result of ${id}.`);
    const { content } = result;
    const text = typeof content === "string" ? content : JSON.stringify(content);
    return { text, content, isError: result.isError === true, shown: shown.get(id) ?? "" };
  });
}

/** Lets an agent make one tool call. */
export async function callTool(
  tools: readonly Tool[],
  name: string,
  input: JsonValue = {},
  options?: CallOptions,
): Promise<Outcome> {
  const [outcome] = await callTools(tools, [[name, input]], options);
  if (outcome === undefined) throw new Error("There is no result.");
  return outcome;
}
