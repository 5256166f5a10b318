import { isObject, type JsonObject, stringMember } from "../../json.ts";
import { assistantBlock, cacheControl, systemBlock, tokens, userBlock } from "./blocks.ts";
import {
  anyObject,
  anything,
  boolean,
  type Check,
  type Checks,
  first,
  listOf,
  nullable,
  number,
  oneOf,
  shape,
  tagged,
  text,
  textOr,
} from "./check.ts";
import type { ClaudeRuleContext } from "./claude-rule.ts";

const TEXT = text();
const BINDING = nullable(shape({}, { prefix_mismatch_behavior: oneOf("error", "drop_block") }));
const DISPLAY = { display: nullable(oneOf("summarized", "omitted", "updates")), block_binding: BINDING };

const THINKING = tagged({
  adaptive: shape({}, DISPLAY),
  enabled: shape({ budget_tokens: number(1024, Number.MAX_SAFE_INTEGER, true) }, DISPLAY),
  disabled: shape({}),
  between_tools: shape({}),
});
const FORMAT = nullable(tagged({ json_schema: shape({ schema: anyObject }) }));

/** The members of a body. */
const MEMBERS: Checks = {
  model: text({ min: 1 }),
  messages: listOf(checkMessage, 100_000),
  max_tokens: tokens,
  system: textOr(listOf(systemBlock)),
  stream: boolean,
  tools: listOf(anyObject),
  tool_choice: tagged({
    auto: shape({}, { disable_parallel_tool_use: boolean }),
    any: shape({}, { disable_parallel_tool_use: boolean }),
    tool: shape({ name: text({ min: 1 }) }, { disable_parallel_tool_use: boolean }),
    none: shape({}),
  }),
  thinking: THINKING,
  output_config: shape(
    {},
    {
      effort: nullable(oneOf("low", "medium", "high", "xhigh", "max")),
      format: FORMAT,
      task_budget: nullable(tagged({ tokens: shape({ total: tokens }, { remaining: nullable(tokens) }) })),
    },
  ),
  output_format: FORMAT,
  cache_control: cacheControl,
  stop_sequences: listOf(text({ min: 1 })),
  metadata: shape({}, { user_id: nullable(text({ max: 256 })) }),
  temperature: number(0, 1),
  top_p: number(0, 1),
  top_k: number(0, Number.MAX_SAFE_INTEGER, true),
  service_tier: oneOf("auto", "standard_only"),
  inference_geo: nullable(TEXT),
  container: nullable(textOr(shape({}, { id: nullable(TEXT), skills: nullable(listOf(anyObject)) }))),
};

/** The members that need one of these values of `anthropic-beta`. */
const BETA_MEMBERS: Readonly<Record<string, { readonly check: Check; readonly betas: readonly string[] }>> = {
  context_management: {
    check: nullable(shape({}, { edits: listOf(anyObject) })),
    betas: ["context-management-2025-06-27"],
  },
  mcp_servers: { check: listOf(checkMcpServer), betas: ["mcp-client-2025-11-20", "mcp-client-2026-09-15"] },
  diagnostics: { check: nullable(anyObject), betas: ["cache-diagnosis-2026-04-07"] },
  fallbacks: { check: nullable(anything), betas: ["fallback-models-2026-06-01"] },
  speed: { check: nullable(oneOf("standard", "fast")), betas: ["fast-mode-2026-02-01"] },
  compaction: { check: nullable(anyObject), betas: ["compact-2026-09-04"] },
};

/** Betas that change nothing that the simulator checks. */
const OTHER_BETAS = [
  /^interleaved-thinking-/,
  /^thinking-/,
  /^fine-grained-tool-streaming-/,
  /^context-1m-/,
  /^files-api-/,
  /^compact-/,
  /^advisor-tool-/,
  /^code-execution-/,
  /^structured-outputs-/,
  /^effort-/,
  /^task-budgets-/,
  /^mid-conversation-/,
  /^prompt-caching-/,
  /^token-efficient-tools-/,
  /^output-\d+k-/,
  /^user-profiles-/,
  /^extended-cache-ttl-/,
  /^skills-/,
  /^web-fetch-/,
  /^computer-use-/,
  /^model-context-window-exceeded-/,
  /^claude-code-/,
  /^advanced-tool-use-/,
  /^tool-search-tool-/,
];

/** The values of `anthropic-beta` must be known. */
export function refuseBetas(_body: JsonObject, { betas = new Set() }: ClaudeRuleContext): string | undefined {
  const known = Object.values(BETA_MEMBERS).flatMap((member) => member.betas);
  const unknown = [...betas].filter(
    (beta) => !known.includes(beta) && !OTHER_BETAS.some((pattern) => pattern.test(beta)),
  );
  return unknown.length === 0
    ? undefined
    : `Unexpected value(s) ${unknown.map((beta) => `\`${beta}\``).join(", ")} for the \`anthropic-beta\` header. Please consult our documentation at docs.claude.com or try again without the header.`;
}

/** The members must be known, and have the right types. */
export function refuseMembers(
  body: JsonObject,
  { isCount = false, betas = new Set() }: ClaudeRuleContext,
): string | undefined {
  const accepted = Object.entries(BETA_MEMBERS).filter(([, member]) =>
    member.betas.some((beta) => betas.has(beta)),
  );
  const members = { ...MEMBERS, ...Object.fromEntries(accepted.map(([name, { check }]) => [name, check])) };
  const { model, messages, max_tokens, stream, ...optional } = members as Record<string, Check>;
  const required = { model, messages, ...(!isCount && { max_tokens }) } as Checks;
  return shape(required, { ...optional, ...(!isCount && stream !== undefined && { stream }) })(body, "");
}

function checkMessage(value: unknown, path: string): string | undefined {
  const role = stringMember(value, "role");
  switch (role) {
    case "user":
      return (
        shape({ role: TEXT, content: textOr(listOf(userBlock), { min: 1 }) })(value, path) ??
        checkBlank(value, path)
      );
    case "assistant":
      return shape({ role: TEXT, content: textOr(listOf(assistantBlock)) })(value, path);
    case "system":
      return shape(
        { role: TEXT },
        {
          content: textOr(listOf(anyObject)),
          clear_at: nullable(oneOf("next_user_message", "never")),
          output_config: nullable(anyObject),
        },
      )(value, path);
    default:
      return isObject(value)
        ? role === undefined
          ? `${path}.role: Field required`
          : `${path}.role: Input should be 'user' or 'assistant'`
        : `${path}: Input should be a valid dictionary`;
  }
}

/** Zero-width spaces count as white space. */
const BLANK = /^(\s|\u200b|\u200c|\u200d|\ufeff)*$/;

/** A message of the user must say something. */
function checkBlank(value: unknown, path: string): string | undefined {
  const content = isObject(value) ? value["content"] : undefined;
  if (Array.isArray(content) && content.length === 0) {
    return `${path}: user messages must have non-empty content`;
  }
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
  if (!Array.isArray(blocks)) return undefined;
  const isBlank = blocks.every(
    (block) => isObject(block) && block["type"] === "text" && BLANK.test(String(block["text"])),
  );
  return isBlank ? `${path}: text content blocks must contain non-whitespace text` : undefined;
}

function checkMcpServer(value: unknown, path: string): string | undefined {
  return tagged({
    url: shape(
      { name: text({ min: 1 }), url: text({ pattern: /^https:\/\// }) },
      { authorization_token: nullable(TEXT), tool_configuration: nullable(anyObject) },
    ),
  })(value, path);
}

/** Every message of the assistant says something, except the last; the first message is the user's. */
export function refuseEmptyMessages(body: JsonObject): string | undefined {
  const messages = Array.isArray(body["messages"]) ? body["messages"].filter(isObject) : [];
  if (messages.length === 0) return "messages: at least one message is required";
  return first(messages, ({ role, content }, index) => {
    const isEmpty = content === "" || (Array.isArray(content) && content.length === 0);
    if (role !== "assistant" || !isEmpty || index === messages.length - 1) return undefined;
    return `messages.${index}: all messages must have non-empty content except for the optional final assistant message`;
  });
}
