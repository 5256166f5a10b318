import type { Message } from "axio";
import type { ThinkingOrigin, WireBlock } from "../provider-data.ts";
import { type AssistantContext, toAssistantContent } from "./assistant-content.ts";
import { withoutUnpairedServerCalls } from "./server-calls.ts";
import { type AssistantSide, type Entry, joinSides, pairCalls, type Side, toSides } from "./sides.ts";
import { ToolIds } from "./tool-ids.ts";
import { toToolResult, toUserBlocks } from "./user-content.ts";
import { textBlock, type WireMessage } from "./wire-message.ts";

/** The facts that decide how a history is converted. */
export interface ConvertOptions
  extends Pick<AssistantContext, "origin" | "acceptsUnsigned" | "rejectedThinking" | "refusedBlocks"> {
  /** The largest image, in bytes. */
  readonly maxImageBytes: number;
  /** The index from which `system` messages stay where they are. */
  readonly systemFrom: number;
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
    toSides(history, options.systemFrom).filter((side) => saysSomething(side, context)),
  );
  const writer = new MessageWriter(options, context);
  for (const side of sides) writer.add(side);
  const messages = writer.end();
  const paired = withoutUnpairedServerCalls(messages);
  const whole = paired.filter(({ content }) => !content.every(({ type }) => isThinking(type)));
  return { messages: mergeNeighbors(whole), origins };
}

/** Ends a history that ends with the assistant: the API refuses to continue its text. */
const CONTINUE: Entry = { block: { type: "text", text: "Continue." }, isNew: false };

/** Writes the messages of a request, one side of the conversation after the other. */
class MessageWriter {
  readonly #options: ConvertOptions;
  readonly #context: AssistantContext;
  readonly #messages: WireMessage[] = [];
  /** The newest output, as long as nothing follows it. */
  #open: AssistantSide | undefined;
  /** The ids of its calls. */
  #callIds: readonly string[] = [];
  /** Its images and files, for the next message of the user. */
  #media: readonly Entry[] = [];
  /** System messages that must not separate calls from their results. */
  #carried: readonly WireBlock[] = [];

  constructor(options: ConvertOptions, context: AssistantContext) {
    this.#options = options;
    this.#context = context;
  }

  add(side: Side): void {
    if (side.role === "user") this.#addUser(side.entries);
    else if (side.role === "assistant") this.#addAssistant(side);
    else if (this.#callIds.length > 0) this.#carried = [...this.#carried, textBlock(side.text)];
    else this.#messages.push({ role: "system", content: [textBlock(side.text)] });
  }

  end(): readonly WireMessage[] {
    const continues = this.#options.continues && this.#callIds.length === 0;
    if (this.#open !== undefined && !continues) {
      this.#addUser(this.#callIds.length === 0 && this.#media.length === 0 ? [CONTINUE] : []);
    }
    if (this.#messages.at(-1)?.role === "system") this.#addUser([CONTINUE]);
    return this.#messages;
  }

  #addAssistant(side: AssistantSide): void {
    if (this.#open !== undefined || this.#messages.every(({ role }) => role === "system")) this.#addUser([]);
    const { content, callIds } = toAssistantContent(side.entries, this.#context);
    this.#messages.push({ role: "assistant", content });
    this.#open = side;
    this.#callIds = callIds;
    this.#media = side.entries.filter(({ block }) => block.type === "image" || block.type === "file");
  }

  /** Adds the results of the newest calls, and what else the user said. */
  #addUser(entries: readonly Entry[]): void {
    const { maxImageBytes } = this.#options;
    const { calls, others } = pairCalls(this.#open?.entries ?? [], entries);
    const results = calls.map(({ result }, position) =>
      toToolResult(result, this.#callIds[position] ?? "", maxImageBytes),
    );
    const content = [
      ...(this.#media.length === 0 ? [] : [textBlock("[From the assistant:]")]),
      ...[...this.#media, ...others].flatMap((entry) => toUserBlocks(entry, maxImageBytes)),
    ];
    if (this.#carried.length > 0) {
      this.#messages.push({ role: "user", content: results }, { role: "system", content: this.#carried });
      if (content.length > 0) this.#messages.push({ role: "user", content });
    } else {
      const all = [...results, ...content];
      this.#messages.push({ role: "user", content: all.length === 0 ? [textBlock(EMPTY)] : all });
    }
    this.#open = undefined;
    this.#callIds = [];
    this.#media = [];
    this.#carried = [];
  }
}

/** A step with nothing but reasoning says nothing: the API refuses such a message. */
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
