import {
  AxioError,
  assistantMessage,
  type Block,
  type CompactionStrategy,
  type CompletionTransport,
  estimateTokens,
  type Message,
  type ToolDefinition,
} from "axio";
import { readBatches } from "axio/transport";
import { RESPONSES_KEY } from "axio-responses";

/** How many tokens of user messages are kept unchanged beside the summary: as many as in the official CLI. */
const MAX_KEPT_TOKENS = 64_000;

/** The item that requests a compaction, as a block. */
const TRIGGER: Block = {
  type: "opaque",
  kind: "compaction_trigger",
  providerData: { [RESPONSES_KEY]: { item: { type: "compaction_trigger" } } },
};

/** Options of {@link compactOnServer}. */
export interface CompactOnServerOptions {
  /** The system prompt of the agent. Default: none. */
  readonly system?: string | undefined;
  /** The tools of the agent, so that the backend finds its cache. Default: none. */
  readonly tools?: readonly ToolDefinition[] | undefined;
}

/**
 * Returns the strategy that compacts a conversation on the backend. The summary is more detailed than text, but only the
 * backend can read it: the conversation can continue only with models of this backend.
 *
 * @throws AxioError as the transport; `protocol` if the backend returns no compaction, or several.
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
      signal,
    });
    const compactions = await readCompactions(stream);
    const [compaction] = compactions;
    if (compaction === undefined || compactions.length > 1) {
      throw new AxioError(
        "protocol",
        `The backend returned ${compactions.length} compactions of the conversation instead of 1. The history is unchanged; if this persists, use summarizeWith().`,
      );
    }
    return [...newestUserMessages(messages), assistantMessage([compaction])];
  };
}

/** Whether a request asks for a compaction. */
export function requestsCompaction(messages: readonly Message[]): boolean {
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

/** Returns the newest messages of the user, without tool results. */
function newestUserMessages(messages: readonly Message[]): readonly Message[] {
  const kept: Message[] = [];
  let tokens = 0;
  for (const { role, content } of [...messages].reverse()) {
    const ownContent = content.filter(({ type }) => type !== "tool-result");
    if (role !== "user" || ownContent.length === 0) continue;
    tokens += estimateTokens([{ role, content: ownContent }]);
    if (tokens > MAX_KEPT_TOKENS) break;
    kept.unshift({ role, content: ownContent });
  }
  return kept;
}
