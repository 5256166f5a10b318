import { isObject, type JsonObject, stringMember } from "../../json.ts";
import type { ClaudeModel } from "../models.ts";
import { originOf, prefixDigest, type ThinkingOrigin } from "../signatures.ts";
import { first } from "./check.ts";
import type { ClaudeRuleContext } from "./claude-rule.ts";
import { blockMessages, mergedMessages } from "./messages-of.ts";

/** A thinking block of a history that the service verified. */
interface VerifiedBlock {
  readonly path: string;
  readonly messageIndex: number;
  readonly origin: ThinkingOrigin;
}

/** Thinking must come back unchanged. */
export function refuseChangedThinking(
  body: JsonObject,
  { isRecorded = () => false }: ClaudeRuleContext,
): string | undefined {
  return first(blockMessages(body), ({ index, blocks }) =>
    first(blocks, (block, position) => {
      const sealed = sealedOf(block);
      if (sealed === undefined || isRecorded(sealed.signature)) return undefined;
      const path = `messages.${index}.content.${position}`;
      return originOf(sealed.text, sealed.signature) === undefined
        ? `${path}: Invalid \`${sealed.member}\` in \`${String(block["type"])}\` block`
        : undefined;
    }),
  );
}

/** With thinking switched on, the last turn with tool calls begins with its thinking. */
export function refuseLostThinking(body: JsonObject): string | undefined {
  const thinking = body["thinking"];
  if (!isObject(thinking) || thinking["type"] !== "enabled") return undefined;
  const messages = mergedMessages(body);
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  const message = messages[last];
  const hasCalls = message?.blocks.some(({ type }) => type === "tool_use") ?? false;
  const type = String(message?.blocks[0]?.["type"]);
  if (message === undefined || !hasCalls || type === "thinking" || type === "redacted_thinking")
    return undefined;
  return `messages.${message.index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`;
}

/** Thinking that is bound to a prefix must come back after the same prefix. */
export function refuseForeignPrefix(body: JsonObject, context: ClaudeRuleContext): string | undefined {
  if (mismatchBehavior(body, context) !== "error") return undefined;
  const [wrong] = prefixMismatches(body);
  return wrong === undefined ? undefined : `${wrong.path}: The block is bound to a different conversation`;
}

/** How thinking after another prefix is treated. `undefined`: the account does not bind it. */
function mismatchBehavior(
  body: JsonObject,
  { model, betas = new Set(), bindsPrefix = true }: ClaudeRuleContext,
): "error" | "drop_block" | undefined {
  if (model?.bindsThinking !== true) return undefined;
  const thinking = body["thinking"];
  const binding = isObject(thinking) ? thinking["block_binding"] : undefined;
  const asked = stringMember(binding, "prefix_mismatch_behavior");
  const mayAsk = [...betas].some((beta) => beta.startsWith("thinking-binding-controls-"));
  if (asked === "drop_block" && mayAsk) return "drop_block";
  return bindsPrefix || binding !== undefined ? "error" : undefined;
}

function prefixMismatches(body: JsonObject): readonly VerifiedBlock[] {
  return verifiedBlocks(body).filter(
    ({ messageIndex, origin }) => origin.prefix !== prefixDigest(body, messageIndex),
  );
}

/** The thinking blocks that the service drops, as it reports them. */
export function inputTransformations(body: JsonObject, context: ClaudeRuleContext): readonly JsonObject[] {
  const { model } = context;
  if (model?.bindsThinking !== true) return [];
  const behavior = mismatchBehavior(body, context);
  return verifiedBlocks(body).flatMap(({ path, messageIndex, origin }) => {
    if (!isReadable(origin.model, model)) {
      return [{ type: "thinking_dropped", path, reason: "model_binding_mismatch" }];
    }
    if (origin.prefix === prefixDigest(body, messageIndex)) return [];
    const type = behavior === "drop_block" ? "thinking_dropped" : "thinking_mismatch_allowed";
    return [{ type, path, reason: "prefix_binding_mismatch" }];
  });
}

/** Each model reads its own thinking, and everyone reads that of Haiku. */
function isReadable(maker: string, { id }: ClaudeModel): boolean {
  return maker === id || maker === "claude-haiku-5-5";
}

function verifiedBlocks(body: JsonObject): readonly VerifiedBlock[] {
  return blockMessages(body).flatMap(({ index, blocks }) =>
    blocks.flatMap((block, position) => {
      const sealed = sealedOf(block);
      const origin = sealed === undefined ? undefined : originOf(sealed.text, sealed.signature);
      if (origin === undefined) return [];
      return [{ path: `messages.${index}.content.${position}`, messageIndex: index, origin }];
    }),
  );
}

/** The text and the signature of a thinking block. */
function sealedOf(block: JsonObject): { text: string; signature: string; member: string } | undefined {
  if (block["type"] === "redacted_thinking") {
    return { text: "", signature: String(block["data"]), member: "data" };
  }
  if (block["type"] !== "thinking") return undefined;
  return { text: String(block["thinking"]), signature: String(block["signature"]), member: "signature" };
}
