import { errorReply } from "../http/reply.ts";
import { isObject } from "../json.ts";
import { authorized, type Route, type Service } from "../service.ts";
import { isKnownContent } from "../state.ts";
import { authenticate } from "./authenticate.ts";
import type { KeyOwner } from "./keys.ts";
import { listModels } from "./list-models.ts";
import { apiLimitHeaders } from "./rate-limits.ts";
import { findOpenAIRefusal } from "./responses-body.ts";
import type { OpenAIState } from "./state.ts";

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
      keepsItems: isObject(json) && json["store"] !== false && !state.options.zeroDataRetention,
      isWarmUp,
    });
  },
  refuseUpgrade: () => undefined,
  echo: () => ({ userId: "user-simulator", dialect: "platform" }),
  headers: (_request, _caller, _place, state) => ({
    "openai-processing-ms": "5",
    "openai-version": "2020-10-01",
    ...apiLimitHeaders(state.rateLimits, state.switches.rateLimits),
  }),
  announce: () => [],
  observe: () => undefined,
  observeResponse: () => undefined,
  notFound: ({ method, path }) =>
    errorReply(404, { message: `Invalid URL (${method} ${path})`, type: "invalid_request_error" }),
};
