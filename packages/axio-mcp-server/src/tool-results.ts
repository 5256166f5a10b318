import type { CallToolResult } from "@modelcontextprotocol/server";
import type { ModelSpec } from "axio";
import { toAxioError } from "axio/internal";
import type { StoredSession } from "axio-context-sqlite";
import type { ResultEvent } from "axio-tui/internal";

/** The result of a question. A run that did not reach its end is an error with the text so far. */
export function askResult(result: ResultEvent): CallToolResult {
  const { error, endReason, text, sessionId, provider, model, usage, steps, denied } = result;
  if (error !== undefined) return errorResult(error);
  const structured = {
    text,
    endReason,
    provider,
    model,
    steps,
    ...(sessionId !== undefined && { session: sessionId }),
    usage: {
      inputTokens: usage.inputTokens,
      cachedInputTokens: usage.cachedInputTokens,
      outputTokens: usage.outputTokens,
    },
    denied: denied.map(({ title }) => title),
  };
  const note = endReason === "end" ? "" : `\n\n[The run ended early: ${endReason}.]`;
  return {
    content: [{ type: "text", text: `${text}${note}` }],
    structuredContent: structured,
    ...(endReason !== "end" && { isError: true }),
  };
}

/** The result of a call that failed: the message, and the code and facts for programs. */
export function errorResult(thrown: unknown): CallToolResult {
  const { code, message, retryable, retryAfterMs, details } = toAxioError(thrown).toJSON();
  return {
    isError: true,
    content: [{ type: "text", text: message }],
    structuredContent: {
      error: { code, message, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }), details },
    },
  };
}

/** A model that can be asked. */
export interface ListedModel {
  readonly provider: string;
  readonly model: string;
  readonly name: string;
  readonly efforts: readonly string[];
}

/** Describes a model of a provider. */
export function listedModel(
  provider: string,
  { id, displayName = id, efforts = [] }: ModelSpec,
): ListedModel {
  return { provider, model: id, name: displayName, efforts };
}

/** A stored session, for a list. */
export function listedSession({ id, preview, directory, updatedAt, excerpt }: StoredSession): object {
  return {
    session: id,
    title: preview,
    updatedAt: new Date(updatedAt).toISOString(),
    ...(directory !== undefined && { folder: directory }),
    ...(excerpt !== undefined && { excerpt }),
  };
}

/** The result of a call that lists something. */
export function listResult(name: string, list: readonly object[]): CallToolResult {
  return {
    content: [{ type: "text", text: JSON.stringify(list, null, 2) }],
    structuredContent: { [name]: list },
  };
}
