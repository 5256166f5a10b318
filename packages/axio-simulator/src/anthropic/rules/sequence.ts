import { type JsonObject, stringMember } from "../../json.ts";
import { first } from "./check.ts";
import { type BlockMessage, mergedMessages } from "./messages-of.ts";

/** The message after tool calls is the user's, and has a result for each call, results first. */
export function refuseUnpairedTools(body: JsonObject): string | undefined {
  const messages = mergedMessages(body);
  return (
    refuseDuplicates(messages) ??
    first(messages, (message, position) => {
      const calls = idsOf(message, "tool_use", "id");
      const results = idsOf(message, "tool_result", "tool_use_id");
      if (message.role === "assistant") return refuseUnanswered(message, calls, messages[position + 1]);
      const before = messages[position - 1];
      const expected = before === undefined ? [] : idsOf(before, "tool_use", "id");
      const stray = results.find((id) => !expected.includes(id));
      if (stray !== undefined) {
        return `messages.${message.index}.content.${indexOf(message, stray)}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
      }
      return refuseMixedResults(message, before);
    })
  );
}

function refuseUnanswered(
  message: BlockMessage,
  calls: readonly string[],
  next: BlockMessage | undefined,
): string | undefined {
  if (calls.length === 0) return undefined;
  const answered = next === undefined ? [] : idsOf(next, "tool_result", "tool_use_id");
  const missing = calls.filter((id) => !answered.includes(id));
  return missing.length === 0
    ? undefined
    : `messages.${message.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
}

/** Results come first; after an unfinished hosted tool they stand alone. */
function refuseMixedResults(message: BlockMessage, before: BlockMessage | undefined): string | undefined {
  const types = message.blocks.map(({ type }) => type);
  const last = types.lastIndexOf("tool_result");
  if (last === -1) return undefined;
  const other = types.findIndex((type) => type !== "tool_result");
  if (other !== -1 && other < last) {
    return `messages.${message.index}.content.${other}: \`tool_result\` blocks must come first in the content of a user message`;
  }
  const isUnfinished = before !== undefined && openServerTools(before).length > 0;
  return isUnfinished && other !== -1
    ? `messages.${message.index}: after an unfinished \`server_tool_use\` the message must hold only \`tool_result\` blocks`
    : undefined;
}

function refuseDuplicates(messages: readonly BlockMessage[]): string | undefined {
  const seen = { id: new Set<string>(), tool_use_id: new Set<string>() };
  return first(messages, (message) =>
    first(message.blocks, (block, index) => {
      const member = block["type"] === "tool_result" ? "tool_use_id" : "id";
      const id = ["tool_use", "server_tool_use", "mcp_tool_use", "tool_result"].includes(
        String(block["type"]),
      )
        ? stringMember(block, member)
        : undefined;
      if (id === undefined) return undefined;
      if (!seen[member].has(id)) {
        seen[member].add(id);
        return undefined;
      }
      return member === "id"
        ? `messages.${message.index}.content.${index}: \`tool_use\` ids must be unique`
        : `messages.${message.index}.content.${index}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`;
    }),
  );
}

/** The result of a hosted tool follows its call in the same message, unless the message is being continued. */
export function refuseUnpairedServerTools(body: JsonObject): string | undefined {
  const messages = mergedMessages(body);
  return first(messages, (message, position) => {
    if (message.role !== "assistant") return undefined;
    const calls = new Set<string>();
    const stray = first(message.blocks, (block) => {
      if (isServerCall(block)) calls.add(String(block["id"]));
      const id = isServerResult(block) ? stringMember(block, "tool_use_id") : undefined;
      if (id === undefined || calls.has(id) || wasOpen(messages, position, id)) return undefined;
      return `messages.${message.index}: unexpected \`tool_use_id\` found in \`${String(block["type"])}\` blocks: ${id}. Each \`${String(block["type"])}\` block must have a corresponding \`server_tool_use\` block before it.`;
    });
    if (stray !== undefined) return stray;
    const open = openServerTools(message)[0];
    // The last message is continued, and a call next to client tools is finished in the next response.
    const mayBeOpen = position === messages.length - 1 || idsOf(message, "tool_use", "id").length > 0;
    return open === undefined || mayBeOpen
      ? undefined
      : `messages.${message.index}: \`${String(open["name"])}\` tool use with id \`${String(open["id"])}\` was found without a corresponding \`${String(open["name"])}_tool_result\` block`;
  });
}

function wasOpen(messages: readonly BlockMessage[], position: number, id: string): boolean {
  return messages
    .slice(0, position)
    .some((message) => openServerTools(message).some((call) => call["id"] === id));
}

function openServerTools(message: BlockMessage): readonly JsonObject[] {
  const finished = new Set(
    message.blocks.flatMap((block) => (isServerResult(block) ? [block["tool_use_id"]] : [])),
  );
  return message.blocks.filter((block) => isServerCall(block) && !finished.has(block["id"]));
}

function isServerCall({ type }: JsonObject): boolean {
  return type === "server_tool_use" || type === "mcp_tool_use";
}

function isServerResult({ type }: JsonObject): boolean {
  return type !== "tool_result" && String(type).endsWith("_tool_result");
}

function idsOf({ blocks }: BlockMessage, type: string, member: string): readonly string[] {
  return blocks.flatMap((block) => (block["type"] === type ? (stringMember(block, member) ?? []) : []));
}

function indexOf({ blocks }: BlockMessage, id: string): number {
  return blocks.findIndex((block) => block["tool_use_id"] === id);
}
