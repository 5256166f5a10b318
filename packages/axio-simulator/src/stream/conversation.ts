import { isObject, type JsonObject, stringMember } from "../json.ts";

/** The facts that the simulator reads from an `input`. */
export interface Conversation {
  /** The text of the last prompt. */
  readonly prompt: string;
  /** The number of prompts. */
  readonly userMessages: number;
  /** The tool results after the last prompt as text, in the order of the calls. */
  readonly results: readonly string[];
  /** Whether the request continues a turn with tool results. */
  readonly continues: boolean;
  /** Whether the last item asks for compaction. */
  readonly compacts: boolean;
}

/** Reads an `input` array. */
export function readConversation(input: readonly unknown[]): Conversation {
  const items = input.filter(isObject);
  const userIndexes = items.flatMap((item, index) => (isPrompt(item) ? [index] : []));
  const promptIndex = userIndexes.at(-1) ?? -1;
  const promptItem = items[promptIndex];
  const after = items.slice(promptIndex + 1);
  const outputs = new Map(
    after.flatMap((item) => {
      const callId = item["call_id"];
      return isOutput(item) && typeof callId === "string"
        ? [[callId, contentText(item["output"])] as const]
        : [];
    }),
  );
  const callOrder = after.flatMap((item) => (isOutput(item) ? [] : [stringMember(item, "call_id")]));
  const results = callOrder.flatMap((callId) => {
    const output = callId === undefined ? undefined : outputs.get(callId);
    return output === undefined ? [] : [output];
  });
  return {
    prompt: promptItem === undefined ? "" : contentText(promptItem["content"]),
    userMessages: userIndexes.length,
    results,
    continues: outputs.size > 0,
    compacts: items.at(-1)?.["type"] === "compaction_trigger",
  };
}

/** The beginning of context from the official CLI: `<environment_context>`, `# AGENTS.md instructions …`. */
const CONTEXT = /^\s*(<[a-z]+(_[a-z]+)+>|# AGENTS\.md)/;

/** Whether a message is a prompt, not context that a client sends in the role of the user. */
function isPrompt(item: JsonObject): boolean {
  if ((item["type"] ?? "message") !== "message" || item["role"] !== "user") return false;
  return !CONTEXT.test(contentText(item["content"]));
}

function isOutput(item: JsonObject): boolean {
  return String(item["type"]).endsWith("_output");
}

/** The text of content that is a string or a list of parts. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((part: unknown) => stringMember(part, "text") ?? []).join("\n");
}
