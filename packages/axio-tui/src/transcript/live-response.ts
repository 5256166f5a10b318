import { type Block, isJsonObject, type ToolResultBlock, type TransportEvent } from "axio";
import { describeAttachment, describeHostedTool, describeResult } from "./describe-block.ts";
import { isUnifiedDiff } from "./diff-lines.ts";
import { type Entry, nextEntryId, type TextEntry, type ToolEntry } from "./entries.ts";

/** A block of the response in progress. */
export interface LiveBlock {
  /** The index of the block; -1 for an entry without a block. */
  readonly index: number;
  readonly entry: Entry;
}

type ResponseEvent = Exclude<TransportEvent, { readonly type: "retry" | "step-end" | "rate-limits" }>;

/** Applies an event of the response. */
export function applyResponseEvent(live: readonly LiveBlock[], event: ResponseEvent): readonly LiveBlock[] {
  const at = live.findIndex(({ index }) => index === event.index);
  const entry = grow(live[at]?.entry, event);
  // The first event of a response removes the entry of the retry.
  const rest = live[0]?.entry.kind === "retry" ? live.slice(1) : live;
  if (entry === undefined) return at < 0 ? rest : live.toSpliced(at, 1);
  const block: LiveBlock = { index: event.index, entry };
  return at < 0 ? [...rest, block] : live.with(at, block);
}

/** Adds the result to the entry of a tool call. */
export function finishTool(entry: ToolEntry, result: ToolResultBlock): ToolEntry {
  const { text, attachments } = describeResult(result);
  const isChange = !result.isError && changesFile(entry) && isUnifiedDiff(entry.output);
  return {
    ...entry,
    state: result.isError ? "failed" : "done",
    result: text,
    attachments,
    ...(isChange && { diff: entry.output }),
  };
}

/** Other tools may print a diff, too, for example of files that they compare. */
function changesFile({ input }: ToolEntry): boolean {
  return isJsonObject(input) && typeof input["path"] === "string";
}

/** Returns the entry of a complete block; `undefined` if there is nothing to show. */
export function blockEntry(block: Block, id: number = nextEntryId()): Entry | undefined {
  switch (block.type) {
    case "text":
      return block.text === ""
        ? undefined
        : {
            kind: "text",
            id,
            text: block.text,
            isLive: false,
            isCommentary: block.phase === "commentary",
            isRefusal: block.refusal === true,
            sources: block.sources ?? [],
          };
    case "reasoning":
      return block.text.trim() === ""
        ? undefined
        : { kind: "reasoning", id, text: block.text, isLive: false };
    case "tool-use":
      return {
        kind: "tool",
        id,
        toolCallId: block.id,
        name: block.name,
        state: "running",
        inputText: block.inputText ?? JSON.stringify(block.input),
        input: block.input,
        output: "",
        attachments: [],
      };
    case "hosted-tool":
      return {
        kind: "hosted-tool",
        id,
        name: block.name,
        isLive: false,
        status: block.status,
        detail: describeHostedTool(block),
        output: block.output,
      };
    case "image":
    case "file":
      return { kind: "image", id, label: describeAttachment(block), isLive: false };
    case "tool-result":
    case "opaque":
      return undefined;
  }
}

function grow(entry: Entry | undefined, event: ResponseEvent): Entry | undefined {
  const id = entry?.id ?? nextEntryId();
  switch (event.type) {
    case "text-delta": {
      const before = entry?.kind === "text" ? entry : emptyText(id, event.phase === "commentary");
      return { ...before, text: before.text + event.delta };
    }
    case "reasoning-delta":
      return {
        kind: "reasoning",
        id,
        text: (entry?.kind === "reasoning" ? entry.text : "") + event.delta,
        isLive: true,
      };
    case "tool-use-start":
      return {
        kind: "tool",
        id,
        toolCallId: event.toolCallId,
        name: event.name,
        state: "writing",
        inputText: "",
        output: "",
        attachments: [],
      };
    case "tool-input-delta":
      return entry?.kind === "tool" ? { ...entry, inputText: entry.inputText + event.delta } : entry;
    case "hosted-tool-start":
      return { kind: "hosted-tool", id, name: event.name, isLive: true };
    case "image-output":
      return {
        kind: "image",
        id,
        label: describeAttachment(event.image),
        isLive: event.partial === true,
      };
    case "block-end":
      return blockEntry(event.block, id);
  }
}

function emptyText(id: number, isCommentary: boolean): TextEntry {
  return { kind: "text", id, text: "", isLive: true, isCommentary, isRefusal: false, sources: [] };
}
