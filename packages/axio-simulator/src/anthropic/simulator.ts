import { type RunningSimulator, serve } from "../create-simulator.ts";
import { answerWithFaults } from "../faults/answer-with-faults.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { JsonObject } from "../json.ts";
import { bearerOf } from "../openai/keys.ts";
import type { ServerStats } from "../state.ts";
import { countMessageTokens, createMessage } from "./create-message.ts";
import { claudeErrorReply } from "./errors.ts";
import { type ClaudeModel, findClaude } from "./models.ts";
import type { AnthropicSimulatorOptions } from "./options.ts";
import type { SimulatedClaudeLimits } from "./rate-limits.ts";
import { type AnthropicState, createAnthropicState } from "./state.ts";

/** A running simulator of Claude's Messages API. */
export interface AnthropicSimulator extends RunningSimulator<ServerStats> {
  /** The origin, without `/v1`, as Anthropic's own clients expect it. */
  readonly baseUrl: string;
  /** A valid key. */
  readonly apiKey: string;
  /** The limits that headers report. May be replaced at any time. */
  rateLimits: SimulatedClaudeLimits;
  /** Issues another valid key. */
  issueKey(): string;
  /** Revokes a key. */
  revokeKey(key: string): void;
}

/**
 * Starts a simulator of Claude's Messages API on the loopback interface: messages, token counts and the list of models.
 *
 * @example
 * ```ts
 * await using simulator = await startAnthropicSimulator();
 * const { baseUrl, apiKey } = simulator;
 * ```
 */
export async function startAnthropicSimulator(
  options: AnthropicSimulatorOptions = {},
): Promise<AnthropicSimulator> {
  const state = createAnthropicState(options);
  const { apiKey = state.keys.issue() } = options;
  state.keys.add(apiKey);
  const simulator = await serve<AnthropicState, object>(state, {
    route: (request) => answer(request, state),
    takeUpgrades: () => undefined,
  });
  return {
    ...simulator,
    baseUrl: simulator.origin,
    apiKey,
    get rateLimits(): SimulatedClaudeLimits {
      return state.rateLimits;
    },
    set rateLimits(limits: SimulatedClaudeLimits) {
      state.rateLimits = limits;
    },
    issueKey: () => state.keys.issue(),
    revokeKey: (key) => state.keys.revoke(key),
  };
}

async function answer(request: RecordedRequest, state: AnthropicState): Promise<Reply> {
  const refusal = refuseCaller(request, state);
  if (refusal !== undefined) return refusal;
  const { method, path } = request;
  switch (`${method} ${path}`) {
    case "POST /v1/messages":
      return createMessage(request, state);
    case "POST /v1/messages/count_tokens":
      return answerWithFaults(request, "count-tokens", () => countMessageTokens(request, state), state);
    case "GET /v1/models":
      return answerWithFaults(request, "models", () => listModels(request, state), state);
    default: {
      const id = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
      if (method !== "GET" || id === undefined) return claudeErrorReply(404, "not_found_error", "Not Found");
      const model = findClaude(state.options.models, id);
      return model === undefined
        ? claudeErrorReply(404, "not_found_error", `model: ${id}`)
        : jsonReply(200, entry(model));
    }
  }
}

/** The documented version, and the one that the official client 1.x sends. */
const VERSIONS = ["2023-06-01", "2026-10-21"];

/** Checks the key and the version. */
function refuseCaller(request: RecordedRequest, { keys }: AnthropicState): Reply | undefined {
  const { headers } = request;
  const key = headers["x-api-key"] ?? bearerOf(request);
  if (key === undefined) return claudeErrorReply(401, "authentication_error", "x-api-key header is required");
  if (key.startsWith("sk-ant-oat")) {
    return claudeErrorReply(401, "authentication_error", "OAuth authentication is currently not supported.");
  }
  if (keys.stateOf(key) !== "valid")
    return claudeErrorReply(401, "authentication_error", "invalid x-api-key");
  const version = headers["anthropic-version"];
  if (version !== undefined && VERSIONS.includes(version)) return undefined;
  const problem = version === undefined ? "header is required" : `"${version}" is not a valid version`;
  return claudeErrorReply(400, "invalid_request_error", `anthropic-version: ${problem}`);
}

function listModels({ query }: RecordedRequest, { options }: AnthropicState): Reply {
  const limit = Number(query.get("limit") ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    return claudeErrorReply(400, "invalid_request_error", "limit: Input should be between 1 and 1000");
  }
  const after = query.get("after_id");
  const start = after === null ? 0 : options.models.findIndex(({ id }) => id === after) + 1;
  const page = options.models.slice(start, start + limit);
  return jsonReply(200, {
    data: page.map(entry),
    has_more: start + limit < options.models.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  });
}

function entry(model: ClaudeModel): JsonObject {
  const supported = (value: boolean): JsonObject => ({ supported: value });
  const efforts = ["low", "medium", "high", "xhigh", "max"].map((effort) => [
    effort,
    supported(model.efforts.includes(effort)),
  ]);
  return {
    type: "model",
    id: model.id,
    display_name: model.displayName,
    created_at: model.createdAt,
    max_input_tokens: model.contextWindow,
    max_tokens: model.maxTokens,
    capabilities: {
      batch: supported(true),
      citations: supported(true),
      code_execution: supported(true),
      context_management: supported(true),
      effort: { ...supported(model.efforts.length > 0), ...Object.fromEntries(efforts) },
      image_input: supported(true),
      pdf_input: supported(true),
      structured_outputs: supported(true),
      thinking: {
        ...supported(true),
        types: {
          adaptive: supported(model.thinking.includes("adaptive")),
          enabled: supported(model.thinking.includes("enabled")),
        },
      },
    },
  };
}
