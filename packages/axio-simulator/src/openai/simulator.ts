import type { ChatSwitches } from "../chat/switches.ts";
import { type RunningSimulator, serve } from "../create-simulator.ts";
import { answerWithFaults } from "../faults/answer-with-faults.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import type { Reply } from "../http/reply.ts";
import { answerRequest } from "../service.ts";
import type { ServerStats } from "../state.ts";
import { handleUpgrades } from "../web-socket/upgrade.ts";
import { authenticate } from "./authenticate.ts";
import { createChatCompletion } from "./chat-completions.ts";
import { showModel } from "./list-models.ts";
import type { OpenAISimulatorOptions } from "./options.ts";
import type { SimulatedApiLimits } from "./rate-limits.ts";
import { createApiResponse, showResponse } from "./responses.ts";
import { openAIService } from "./service.ts";
import { createOpenAIState, type OpenAIState, type OpenAISwitches } from "./state.ts";

/** A running simulator of OpenAI's API with keys, or of a server that speaks like it. */
export interface OpenAISimulator extends RunningSimulator<ServerStats, OpenAISwitches> {
  /** `{origin}/v1`. */
  readonly baseUrl: string;
  /** A valid key. */
  readonly apiKey: string;
  /** The limits that headers report. May be replaced at any time. */
  rateLimits: SimulatedApiLimits;
  /** Issues another valid key. */
  issueKey(): string;
  /** Revokes a key. */
  revokeKey(key: string): void;
  /**
   * Changes the oddities of Chat Completions from now on.
   *
   * @example
   * ```ts
   * await using simulator = await startOpenAISimulator();
   * simulator.set({ callIndex: "absent", done: false });
   * ```
   */
  set(change: Partial<ChatSwitches>): void;
  /** Changes the oddities of Chat Completions for its next requests. `times`: their number. Default: 1. */
  next(change: Partial<ChatSwitches>, times?: number): void;
}

/**
 * Starts a simulator of OpenAI's API on the loopback interface: Chat Completions, the Responses API and the list of
 * models, with API keys.
 *
 * @example
 * ```ts
 * await using simulator = await startOpenAISimulator({ dialect: "deepseek" });
 * const { baseUrl, apiKey } = simulator;
 * ```
 */
export async function startOpenAISimulator(options: OpenAISimulatorOptions = {}): Promise<OpenAISimulator> {
  const state = createOpenAIState(options);
  const { apiKey = state.keys.issue() } = options;
  state.keys.add(apiKey);
  const simulator = await serve<OpenAIState, OpenAISwitches>(state, {
    route: (request) => answer(withVersion(request), state),
    takeUpgrades: (http, requests) => handleUpgrades(http, requests, { service: openAIService, state }),
  });
  return {
    ...simulator,
    baseUrl: `${simulator.origin}/v1`,
    apiKey,
    get rateLimits(): SimulatedApiLimits {
      return state.rateLimits;
    },
    set rateLimits(limits: SimulatedApiLimits) {
      state.rateLimits = limits;
    },
    issueKey: () => state.keys.issue(),
    revokeKey: (key) => state.keys.revoke(key),
    set: (change) => state.faults.set("chat", change),
    next: (change, times) => state.faults.next("chat", change, times),
  };
}

/** Servers have their routes below different paths: `/openai/v1`, `/api/v1`, `/v1beta/openai`, or none. */
function withVersion(request: RecordedRequest): RecordedRequest {
  const [, rest] =
    /^(?:\/openai\/deployments\/[^/]+|\/openai\/v1|\/api\/v1|\/v1beta\/openai|\/compatible-mode\/v1|\/v1)?(\/(?:chat\/completions|responses|models).*)$/.exec(
      request.path,
    ) ?? [];
  return rest === undefined ? request : { ...request, path: `/v1${rest}` };
}

async function answer(request: RecordedRequest, state: OpenAIState): Promise<Reply> {
  const { method, path } = request;
  if (`${method} ${path}` === "POST /v1/chat/completions") return createChatCompletion(request, state);
  const outcome = /^\/v1\/(responses|models\/)/.test(path) ? authenticate(request, state) : undefined;
  if (outcome === undefined) return answerRequest(request, { service: openAIService, state });
  if ("refusal" in outcome) return outcome.refusal;
  const { caller } = outcome;
  if (`${method} ${path}` === "POST /v1/responses") return createApiResponse(request, caller, state);
  if (method === "GET" && path.startsWith("/v1/models/")) {
    return answerWithFaults(
      request,
      "models",
      () => showModel(path.slice("/v1/models/".length), state),
      state,
    );
  }
  if (/^\/v1\/responses\/[^/]+$/.test(path) && ["GET", "DELETE"].includes(method)) {
    return showResponse(request, caller, state);
  }
  return answerRequest(request, { service: openAIService, state });
}
