import { errorReply } from "../http/reply.ts";
import { isObject, type JsonObject } from "../json.ts";
import { platformRefusal } from "../rules/refusal.ts";
import { authorized, type Route, type Service } from "../service.ts";
import { isKnownContent } from "../state.ts";
import { authenticate } from "./authenticate.ts";
import type { KeyOwner } from "./keys.ts";
import { listModels } from "./list-models.ts";
import { apiLimitHeaders } from "./rate-limits.ts";
import { findOpenAIRefusal } from "./responses-body.ts";
import type { OpenAIState } from "./state.ts";
import { finalResponse } from "./stored-responses.ts";

const ROUTES: Readonly<Record<string, Route<OpenAIState>>> = {
  "GET /v1/models": {
    target: "models",
    answer: authorized(authenticate, (_request, _caller, state) => listModels(state)),
  },
};

/** The Responses API and the list of models, with an API key. */
export const openAIService: Service<OpenAIState, KeyOwner> = {
  routes: ROUTES,
  responsesPath: "/v1/responses",
  upgradeRefusal: errorReply(426, { message: "Upgrade Required" }),
  messageDefaults: { stream: true },
  authenticate,
  refuse({ json }, _caller, state, isWarmUp) {
    return findOpenAIRefusal(json, {
      models: state.models,
      lackingTools: state.options.lackingTools,
      isKnownContent: (content) => isKnownContent(content, state),
      keepsItems: isObject(json) && keepsResponses(json, state),
      isWarmUp,
    });
  },
  refuseUpgrade: () => undefined,
  // A message may state what it always is, as the official CLI does.
  refuseMessage({ stream, background }) {
    const member = stream === false ? "stream" : background === true ? "background" : undefined;
    return member === undefined
      ? undefined
      : platformRefusal(`'${member}' is not supported over a WebSocket.`, member, "unsupported_parameter");
  },
  keptInput: (id, { key }, state) => state.stored.find(key, id)?.input,
  echo: () => ({ userId: "user-simulator", dialect: "platform" }),
  headers: (_request, _caller, _place, state) => ({
    "openai-processing-ms": "5",
    "openai-version": "2020-10-01",
    ...apiLimitHeaders(state.rateLimits, state.switches.rateLimits),
  }),
  announce: () => [],
  observe: () => undefined,
  observeResponse({ json }, { key }, reply, state) {
    if (reply.kind !== "stream" || !isObject(json) || !keepsResponses(json, state)) return;
    const response = finalResponse(reply.frames);
    if (response !== undefined) state.stored.add(key, inputItems(json["input"]), response);
  },
  notFound: ({ method, path }) =>
    errorReply(404, { message: `Invalid URL (${method} ${path})`, type: "invalid_request_error" }),
};

/** Whether the response to a request is kept. */
function keepsResponses(body: JsonObject, { options }: OpenAIState): boolean {
  return body["store"] !== false && !options.zeroDataRetention;
}

/** The items of an input. */
export function inputItems(input: unknown): readonly unknown[] {
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  return Array.isArray(input) ? input : [];
}
