import {
  AxioError,
  assistantMessage,
  type Block,
  type CompactionStrategy,
  type CompletionTransport,
  estimateTokens,
  type Message,
  readBatches,
  type ToolDefinition,
} from "axio";
import { RESPONSES_KEY } from "axio-responses";

/** How much of what the user said is kept word for word beside the summary, in tokens: as much as the official CLI keeps. */
const KEPT_TOKENS = 64_000;

/** The item that asks for it, as a block that goes out as it is. */
const TRIGGER: Block = {
  type: "opaque",
  kind: "compaction_trigger",
  providerData: { [RESPONSES_KEY]: { item: { type: "compaction_trigger" } } },
};

/** What the backend is told besides the conversation. */
export interface CompactOnServerOptions {
  /** The system prompt of the agent. Default: none. */
  readonly system?: string;
  /** The tools of the agent, so that the backend finds its cache again. Default: none. */
  readonly tools?: readonly ToolDefinition[];
}

/**
 * The strategy that has the backend shorten a conversation. It keeps more than a summary in words, in a form that only the
 * backend can read: a conversation that was shortened so goes on with models of this backend, and no others.
 *
 * @throws AxioError what the transport throws, or `protocol` where the backend gives no such item, or several.
 *
 * @example
 * ```ts
 * import { compactContext, MemoryContextStore } from "axio";
 * import { CodexTransport, compactOnServer } from "axio-transport-codex";
 *
 * const transport = new CodexTransport();
 * await compactContext(new MemoryContextStore(), { strategy: compactOnServer(transport) });
 * ```
 */
export function compactOnServer(
  transport: CompletionTransport,
  { system = "", tools = [] }: CompactOnServerOptions = {},
): CompactionStrategy {
  return async (messages, { signal }) => {
    const stream = transport.stream({
      system,
      tools,
      messages: [...messages, { role: "user", content: [TRIGGER] }],
      ...(signal === undefined ? {} : { signal }),
    });
    const compactions = await readCompactions(stream);
    const [compaction] = compactions;
    if (compaction === undefined || compactions.length > 1) {
      throw new AxioError(
        "protocol",
        `The backend was asked to shorten the conversation, and gave ${compactions.length} shortened ones instead of 1. The history was left as it was; use summarizeWith() if it stays.`,
      );
    }
    return [...keptMessages(messages), assistantMessage([compaction])];
  };
}

/** Tells whether a call asks for compaction. */
export function asksForCompaction(messages: readonly Message[]): boolean {
  return messages.at(-1)?.content.at(-1) === TRIGGER;
}

async function readCompactions(stream: ReturnType<CompletionTransport["stream"]>): Promise<readonly Block[]> {
  let found: Block[] = [];
  for await (const batch of readBatches(stream)) {
    for (const event of batch) {
      if (event.type === "retry") found = [];
      else if (event.type === "block-end" && isCompaction(event.block)) found.push(event.block);
    }
  }
  return found;
}

function isCompaction(block: Block): boolean {
  return block.type === "opaque" && (block.kind === "compaction" || block.kind === "compaction_summary");
}

/** The newest of what the user said, without the results of tools. */
function keptMessages(messages: readonly Message[]): readonly Message[] {
  const kept: Message[] = [];
  let tokens = 0;
  for (const { role, content } of [...messages].reverse()) {
    const said = content.filter(({ type }) => type !== "tool-result");
    if (role !== "user" || said.length === 0) continue;
    tokens += estimateTokens([{ role, content: said }]);
    if (tokens > KEPT_TOKENS) break;
    kept.unshift({ role, content: said });
  }
  return kept;
}
