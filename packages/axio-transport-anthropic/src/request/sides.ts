import type { Block, Message, ToolResultBlock, ToolUseBlock } from "axio";
import { readAnthropicData } from "../provider-data.ts";
import { isBlank } from "./wire-message.ts";

/** A block, and whether the user just wrote it. Only such a block can be refused; older ones are fitted. */
export interface Entry {
  readonly block: Block;
  readonly isNew: boolean;
}

/** The output of the model between two inputs. */
export interface AssistantSide {
  readonly role: "assistant";
  readonly entries: readonly Entry[];
}

/** The input of the user between two outputs. */
export interface UserSide {
  readonly role: "user";
  readonly entries: readonly Entry[];
}

/** A system prompt among the messages. */
export interface SystemSide {
  readonly role: "system";
  readonly text: string;
}

export type Side = AssistantSide | UserSide | SystemSide;

/** A tool call with its result. A call that was interrupted has no result. */
export interface PairedCall {
  readonly call: ToolUseBlock;
  readonly result: ToolResultBlock | undefined;
}

/** The note that stands for what the user wrote before a refusal: sent again, it would be refused again. */
export const REFUSED_NOTE = "[A message was left out here, because the provider refused to respond to it.]";

/**
 * Brings a history into alternating sides. A tool call is the assistant's and a result the user's, whatever message holds
 * them. A step that the provider refused is left out, and the input that led to it becomes a note.
 *
 * @param systemFrom The index from which `system` messages stay where they are. Those before are left out: see `systemTexts`.
 */
export function toSides(messages: readonly Message[], systemFrom: number): readonly Side[] {
  const newest = messages.length - 1;
  const sides = messages.flatMap(({ role, content }, index): readonly Side[] =>
    content.flatMap((block): readonly Side[] => {
      if (role === "system" && block.type === "text") {
        return index < systemFrom || isBlank(block.text) ? [] : [{ role: "system", text: block.text }];
      }
      const isAssistant = block.type === "tool-use" || (role === "assistant" && block.type !== "tool-result");
      const entry = { block, isNew: index === newest && role === "user" };
      return [{ role: isAssistant ? "assistant" : "user", entries: [entry] }];
    }),
  );
  return joinSides(withoutRefusals(joinSides(sides)));
}

/** The texts of the `system` messages before an index, in order. */
export function systemTexts(messages: readonly Message[], before: number): readonly string[] {
  return messages
    .slice(0, before)
    .filter(({ role }) => role === "system")
    .flatMap(({ content }) => content.flatMap((block) => (block.type === "text" ? [block.text] : [])));
}

/** Joins neighbors of one role. */
export function joinSides(sides: readonly Side[]): readonly Side[] {
  const joined: Side[] = [];
  for (const side of sides) {
    const last = joined.at(-1);
    if (last === undefined || last.role === "system" || side.role === "system" || last.role !== side.role) {
      joined.push(side);
    } else {
      joined[joined.length - 1] = { ...last, entries: [...last.entries, ...side.entries] };
    }
  }
  return joined;
}

function withoutRefusals(sides: readonly Side[]): readonly Side[] {
  const isRefused = (side: Side | undefined): boolean =>
    side?.role === "assistant" &&
    side.entries.some(({ block }) => readAnthropicData(block)?.refused === true);
  return sides.flatMap((side, index): readonly Side[] => {
    if (isRefused(side)) return [];
    const next = sides.slice(index + 1).find(({ role }) => role !== "system");
    return side.role === "user" && isRefused(next) ? [withNote(side)] : [side];
  });
}

function withNote({ entries }: UserSide): UserSide {
  const results = entries.flatMap(({ block }): Entry[] =>
    block.type === "tool-result" ? [{ block: { ...block, content: REFUSED_NOTE }, isNew: false }] : [],
  );
  if (results.length === entries.length) return { role: "user", entries: results };
  const note: Entry = { block: { type: "text", text: REFUSED_NOTE }, isNew: false };
  return { role: "user", entries: [...results, note] };
}

/**
 * Finds the result of each call of a step. Two calls may have one id: each takes the first result that is left.
 *
 * @returns The calls in order, and the entries that are no result of them.
 */
export function pairCalls(
  assistant: readonly Entry[],
  user: readonly Entry[],
): { readonly calls: readonly PairedCall[]; readonly others: readonly Entry[] } {
  const others = [...user];
  const calls = assistant.flatMap(({ block: call }): readonly PairedCall[] => {
    if (call.type !== "tool-use") return [];
    const found = others.findIndex(
      ({ block }) => block.type === "tool-result" && block.toolCallId === call.id,
    );
    const [entry] = found < 0 ? [] : others.splice(found, 1);
    return [{ call, result: entry?.block.type === "tool-result" ? entry.block : undefined }];
  });
  return { calls, others };
}
