import type { Message } from "axio";
import type { ThinkingOrigin, WireBlock } from "../provider-data.ts";
import { type AssistantContext, toAssistantContent } from "./assistant-content.ts";
import { withoutUnpairedServerCalls } from "./server-calls.ts";
import { type AssistantSide, type Entry, joinSides, pairCalls, type Side, toSides } from "./sides.ts";
import { ToolIds } from "./tool-ids.ts";
import { toToolResult, toUserBlocks } from "./user-content.ts";
import { textBlock, type WireMessage } from "./wire-message.ts";

/** What decides how a history is converted. */
export interface ConvertOptions
  extends Pick<AssistantContext, "origin" | "acceptsUnsigned" | "rejectedThinking"> {
  /** The largest image, in bytes. */
  readonly maxImageBytes: number;
  /** Whether `system` messages stay where they are. */
  readonly keepsSystem: boolean;
  /** Whether the last message is an unfinished response that the model continues. */
  readonly continues: boolean;
}

/** The messages of a request, and where their thinking came from. */
export interface ConvertedMessages {
  readonly messages: readonly WireMessage[];
  readonly origins: ReadonlyMap<WireBlock, ThinkingOrigin>;
}

const EMPTY = "(empty)";

/**
 * Converts a history. Any history gives messages that the API accepts; the same history gives the same messages each time,
 * and more messages only add to them.
 *
 * @throws AxioError `unsupported-content` if the user just wrote an image or file that the API does not accept.
 */
export function convertMessages(history: readonly Message[], options: ConvertOptions): ConvertedMessages {
  const origins = new Map<WireBlock, ThinkingOrigin>();
  const context: AssistantContext = { ...options, ids: new ToolIds(), origins };
  const sides = joinSides(
    toSides(history, options.keepsSystem).filter((side) => saysSomething(side, context)),
  );
  const messages: WireMessage[] = [];
  // Images and files of the assistant, for the next message of the user.
  let media: readonly Entry[] = [];
  let carried: readonly WireBlock[] = [];
  let open: AssistantSide | undefined;
  let callIds: readonly string[] = [];
  const pushUser = (entries: readonly Entry[]): void => {
    const { calls, others } = pairCalls(open?.entries ?? [], entries);
    const results = calls.map(({ result }, position) =>
      toToolResult(result, callIds[position] ?? "", options.maxImageBytes),
    );
    const own = media.length === 0 ? [] : [textBlock("[From the assistant:]")];
    const content = [...media, ...others].flatMap((entry) => toUserBlocks(entry, options.maxImageBytes));
    const all = [...results, ...own, ...content];
    messages.push({ role: "user", content: all.length === 0 ? [textBlock(EMPTY)] : all });
    if (carried.length > 0) messages.push({ role: "system", content: carried });
    media = [];
    carried = [];
    open = undefined;
    callIds = [];
  };
  for (const [index, side] of sides.entries()) {
    if (side.role === "system") {
      // A system message must not separate calls from their results.
      if (callIds.length > 0) carried = [...carried, textBlock(side.text)];
      else messages.push({ role: "system", content: [textBlock(side.text)] });
    } else if (side.role === "user") {
      pushUser(side.entries);
    } else {
      if (open !== undefined) pushUser([]);
      if (messages.every(({ role }) => role === "system")) pushUser([]);
      const converted = toAssistantContent(side.entries, context);
      messages.push({ role: "assistant", content: converted.content });
      ({ callIds } = converted);
      open = side;
      media = side.entries.filter(({ block }) => block.type === "image" || block.type === "file");
      if (index === sides.length - 1 && !(options.continues && callIds.length === 0)) {
        pushUser(callIds.length === 0 && media.length === 0 ? [CONTINUE] : []);
      }
    }
  }
  const paired = withoutUnpairedServerCalls(messages);
  const whole = paired.filter(({ content }) => !content.every(({ type }) => isThinking(type)));
  return { messages: mergeNeighbors(whole), origins };
}

/** Ends a history that ends with the assistant: the API refuses to continue its text. */
const CONTINUE: Entry = { block: { type: "text", text: "Continue." }, isNew: false };

/** An assistant that only thought says nothing: the API refuses such a message. */
function saysSomething(side: Side, context: AssistantContext): boolean {
  if (side.role !== "assistant") return true;
  const trial = { ...context, ids: new ToolIds(), origins: new Map() };
  return (
    toAssistantContent(side.entries, trial).content.some(({ type }) => !isThinking(type)) ||
    side.entries.some(({ block }) => block.type === "image" || block.type === "file")
  );
}

/** Whether a type of block is thinking. */
export function isThinking(type: string): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

/** Joins user messages that became neighbors. Results of tools come first. */
function mergeNeighbors(messages: readonly WireMessage[]): readonly WireMessage[] {
  const merged: WireMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role !== message.role) merged.push(message);
    else merged[merged.length - 1] = { ...message, content: [...last.content, ...message.content] };
  }
  return merged;
}
