import type { Block, FileBlock, ImageBlock, Message, TextBlock, ToolResultBlock, ToolUseBlock } from "axio";

/** A block that a user message can carry. */
export type UserBlock = TextBlock | ImageBlock | FileBlock;

/** A user block, and whether the user just wrote it. Only such a block can be refused; older ones are fitted. */
export interface UserEntry {
  readonly block: UserBlock;
  readonly isNew: boolean;
}

/** A tool call with its result. A call that was interrupted has no result. */
export interface PairedCall {
  readonly call: ToolUseBlock;
  readonly result: ToolResultBlock | undefined;
}

/** The output of the model in one step, with the results of its tool calls. */
export interface AssistantTurn {
  readonly role: "assistant";
  /** All blocks but tool calls. */
  readonly blocks: readonly Block[];
  readonly calls: readonly PairedCall[];
}

/** The input of the user between two steps. */
export interface UserTurn {
  readonly role: "user";
  readonly entries: readonly UserEntry[];
}

export type Turn = AssistantTurn | UserTurn;

/**
 * Brings a history into the order that the API demands: user and assistant alternate, each call has exactly one result, and
 * the results directly follow their calls. A result belongs to a call before it that no other step separates from it. A
 * result without a call becomes text of the user, so that nothing is lost. The text of `system` messages is read elsewhere.
 *
 * The same history always gives the same turns, and more messages only add turns, so that a cached prefix stays valid.
 */
export function toTurns(messages: readonly Message[]): readonly Turn[] {
  const sides = splitSides(messages);
  const turns: Turn[] = [];
  let claimed: ReadonlySet<Entry> = new Set();
  for (const [index, { isAssistant, entries }] of sides.entries()) {
    if (isAssistant) {
      const paired = pairCalls(entries, sides[index + 1]?.entries ?? []);
      claimed = new Set(paired.claimed);
      const blocks = entries.map(({ block }) => block).filter(({ type }) => type !== "tool-use");
      turns.push({ role: "assistant", blocks, calls: paired.calls });
    } else {
      const unclaimed = entries.filter((entry) => !claimed.has(entry)).flatMap(toUserEntries);
      if (unclaimed.length > 0) turns.push({ role: "user", entries: unclaimed });
    }
  }
  return turns;
}

interface Entry {
  readonly block: Block;
  readonly isNew: boolean;
}

/** Consecutive blocks of one side of the conversation. */
interface Side {
  readonly isAssistant: boolean;
  readonly entries: Entry[];
}

/** A call is the assistant's and a result the user's, whatever message holds them. A side that says nothing is left out. */
function splitSides(messages: readonly Message[]): readonly Side[] {
  const newest = messages.length - 1;
  const sides = messages.flatMap(({ role, content }, index) =>
    content
      .filter((block) => role !== "system" || block.type !== "text")
      .map((block) => ({
        isAssistant: block.type === "tool-use" || (role === "assistant" && block.type !== "tool-result"),
        entries: [{ block, isNew: index === newest && role === "user" }],
      })),
  );
  return joinSides(joinSides(sides).filter(saysSomething));
}

function joinSides(sides: readonly Side[]): readonly Side[] {
  const joined: Side[] = [];
  for (const { isAssistant, entries } of sides) {
    const last = joined.at(-1);
    if (last?.isAssistant === isAssistant) last.entries.push(...entries);
    else joined.push({ isAssistant, entries: [...entries] });
  }
  return joined;
}

function saysSomething({ entries }: Side): boolean {
  return entries.some(({ block }) => {
    if (block.type === "text") return block.text !== "";
    return block.type !== "reasoning" && block.type !== "hosted-tool" && block.type !== "opaque";
  });
}

/** Two calls of one step may have one id: each takes the first result that is left. */
function pairCalls(
  assistant: readonly Entry[],
  user: readonly Entry[],
): { readonly calls: readonly PairedCall[]; readonly claimed: readonly Entry[] } {
  const claimed: Entry[] = [];
  const calls = assistant.flatMap(({ block: call }): PairedCall[] => {
    if (call.type !== "tool-use") return [];
    for (const entry of user) {
      const { block } = entry;
      if (block.type !== "tool-result" || block.toolCallId !== call.id || claimed.includes(entry)) continue;
      claimed.push(entry);
      return [{ call, result: block }];
    }
    return [{ call, result: undefined }];
  });
  return { calls, claimed };
}

function toUserEntries({ block, isNew }: Entry): readonly UserEntry[] {
  switch (block.type) {
    case "text":
      return block.text === "" ? [] : [{ block, isNew }];
    case "image":
    case "file":
      return [{ block, isNew }];
    case "tool-result": {
      const text = `The result of the tool call ${block.toolCallId}, which is no longer part of this conversation:`;
      const content: readonly UserBlock[] =
        typeof block.content === "string" ? [{ type: "text", text: block.content }] : block.content;
      return [{ type: "text" as const, text }, ...content].map((part) => ({ block: part, isNew: false }));
    }
    default:
      return [];
  }
}
