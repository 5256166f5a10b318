import { detailReply, jsonReply } from "../http/reply.ts";
import { stringMember } from "../json.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { settleToken } from "../oauth/settle-token.ts";
import { authorized, type Route, type Service } from "../service.ts";
import { isKnownContent } from "../state.ts";
import { eventFrame } from "../stream/frames.ts";
import { authenticate } from "./authenticate.ts";
import { decideAuthorize, showAuthorize } from "./authorize.ts";
import { findCodexRefusal } from "./codex-body.ts";
import { decideDevice, pollDeviceLogin, showDevicePage, startDeviceLogin } from "./device.ts";
import { showConfiguration } from "./discovery.ts";
import { listModels, modelsEtag, rememberClientVersion } from "./models.ts";
import { rateLimitEvent, rateLimitHeaders } from "./rate-limits.ts";
import type { CodexState } from "./state.ts";
import { exchangeToken, revokeToken } from "./token.ts";
import { checkAccounts, showUsage } from "./usage.ts";

/** The version of the messages, which a client names when it asks for a WebSocket. */
const WEB_SOCKET_BETA = "responses_websockets=2026-02-06";

const ROUTES: Readonly<Record<string, Route<CodexState>>> = {
  "GET /.well-known/openid-configuration": { answer: (_, state) => showConfiguration(state) },
  "GET /.well-known/jwks.json": { answer: (_, { signer }) => jsonReply(200, signer.jwks) },
  "GET /oauth/authorize": { answer: showAuthorize },
  "POST /oauth/authorize": { answer: decideAuthorize },
  "POST /oauth/token": { target: "token", answer: exchangeToken, settle: settleToken },
  "POST /oauth/revoke": { target: "revoke", answer: revokeToken },
  "POST /api/accounts/deviceauth/usercode": { target: "device", answer: startDeviceLogin },
  "POST /api/accounts/deviceauth/token": { target: "device", answer: pollDeviceLogin },
  "GET /codex/device": { answer: showDevicePage },
  "POST /codex/device": { answer: decideDevice },
  "GET /backend-api/codex/models": {
    target: "models",
    answer: authorized(authenticate, (request, _, state) => {
      rememberClientVersion(request, state);
      return listModels(request, state);
    }),
  },
  "GET /backend-api/wham/usage": {
    target: "usage",
    answer: authorized(authenticate, (_, account, state) => showUsage(account, state)),
  },
  "GET /backend-api/wham/accounts/check": {
    target: "accounts-check",
    answer: authorized(authenticate, (_, account, state) => checkAccounts(account, state)),
  },
};

/** The Codex backend with its authorization server. */
export const codexService: Service<CodexState, SimulatedAccount> = {
  routes: ROUTES,
  responsesPath: "/backend-api/codex/responses",
  // Makes a client continue over HTTP at once.
  upgradeRefusal: jsonReply(426, { detail: "Upgrade Required" }),
  messageDefaults: {},
  authenticate,
  refuse({ json, headers }, _account, state, isWarmUp) {
    return findCodexRefusal(json, {
      models: state.options.models,
      lackingTools: state.options.lackingTools,
      isKnownContent: (content) => isKnownContent(content, state),
      lite: headers["x-openai-internal-codex-responses-lite"] === "true",
      clientVersion: headers["version"],
      isWarmUp,
    });
  },
  refuseUpgrade({ headers }) {
    const betas = (headers["openai-beta"] ?? "").split(/\s*,\s*/);
    return betas.includes(WEB_SOCKET_BETA)
      ? undefined
      : detailReply(400, `A WebSocket needs the header OpenAI-Beta: ${WEB_SOCKET_BETA}`);
  },
  echo: ({ userId }) => ({ userId, dialect: "codex" }),
  headers: (request, account, { newTurnState }, state) => ({
    "openai-model": stringMember(request.json, "model") ?? "",
    "x-models-etag": modelsEtag(request, state),
    "x-reasoning-included": "true",
    ...rateLimitHeaders(state.rateLimits, account.planType),
    ...(newTurnState !== undefined && { "x-codex-turn-state": newTurnState }),
  }),
  announce(headers, account, state) {
    const turnState = headers["x-codex-turn-state"];
    const etag = headers["x-models-etag"];
    return [
      ...(etag === undefined
        ? []
        : [
            eventFrame(rateLimitEvent(state.rateLimits, account.planType)),
            eventFrame({ type: "codex.response.metadata", headers: { "x-models-etag": etag } }),
          ]),
      ...(turnState === undefined
        ? []
        : [eventFrame({ type: "response.metadata", headers: { "x-codex-turn-state": turnState } })]),
    ];
  },
  observe: () => undefined,
  observeResponse: () => undefined,
  notFound: () => detailReply(404, "Not Found"),
};
