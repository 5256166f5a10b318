import { setTimeout as sleep } from "node:timers/promises";
import { authenticate } from "./backend/bearer.ts";
import { listModels, rememberClientVersion } from "./backend/models.ts";
import { createResponse } from "./backend/responses.ts";
import { checkAccounts, showUsage } from "./backend/usage.ts";
import { answerWithFaults, requestedFaults } from "./faults/answer-with-faults.ts";
import { applyFaults } from "./faults/apply-faults.ts";
import type { FaultTarget } from "./faults/fault-spec.ts";
import { isObject, parseJson } from "./json.ts";
import type { SimulatedAccount } from "./oauth/accounts.ts";
import { decideAuthorize, showAuthorize } from "./oauth/authorize.ts";
import { decideDevice, pollDeviceLogin, showDevicePage, startDeviceLogin } from "./oauth/device.ts";
import { showConfiguration, showKeys } from "./oauth/discovery.ts";
import { revokeToken } from "./oauth/revoke.ts";
import { exchangeToken, readParameters } from "./oauth/token.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { detailReply, jsonReply, type Reply } from "./reply.ts";
import type { SimulatorState } from "./state.ts";

interface Route {
  readonly target?: FaultTarget;
  readonly answer: (request: RecordedRequest, state: SimulatorState) => Reply | Promise<Reply>;
  /** How long the answer is on its way. */
  readonly delayMs?: (state: SimulatorState) => number;
}

const ROUTES: Readonly<Record<string, Route>> = {
  "GET /.well-known/openid-configuration": { answer: (_, state) => showConfiguration(state) },
  "GET /.well-known/jwks.json": { answer: (_, state) => showKeys(state) },
  "GET /oauth/authorize": { answer: showAuthorize },
  "POST /oauth/authorize": { answer: decideAuthorize },
  "POST /oauth/token": {
    target: "token",
    answer: exchangeToken,
    delayMs: (state) => state.options.tokenDelayMs,
  },
  "POST /oauth/revoke": { target: "revoke", answer: revokeToken },
  "POST /api/accounts/deviceauth/usercode": { target: "device", answer: startDeviceLogin },
  "POST /api/accounts/deviceauth/token": { target: "device", answer: pollDeviceLogin },
  "GET /codex/device": { answer: showDevicePage },
  "POST /codex/device": { answer: decideDevice },
  "GET /backend-api/codex/models": {
    target: "models",
    answer: (request, state) =>
      withAccount(request, state, () => {
        rememberClientVersion(request, state);
        return listModels(request, state);
      }),
  },
  "GET /backend-api/wham/usage": {
    target: "usage",
    answer: (request, state) => withAccount(request, state, (account) => showUsage(account, state)),
  },
  "GET /backend-api/wham/accounts/check": {
    target: "accounts-check",
    answer: (request, state) =>
      withAccount(request, state, (account) => checkAccounts(account, state.origin(), state)),
  },
};

/** The answer that makes a client of the WebSocket go on over HTTP at once. */
const UPGRADE_REQUIRED = jsonReply(426, { detail: "Upgrade Required" });

/** The version of the messages, which a client names when it asks for a WebSocket. */
const WEB_SOCKET_BETA = "responses_websockets=2026-02-06";

const RESPONSES = "POST /backend-api/codex/responses";

/** Answers one request, faults included. */
export async function route(request: RecordedRequest, state: SimulatorState): Promise<Reply> {
  const key = `${request.method} ${request.path}`;
  if (key === RESPONSES) {
    // Faults of the queue wait for a request that would have succeeded.
    return withAccount(request, state, (account) =>
      createResponse(request, account, () => requestedFaults(request, "responses", state), state),
    );
  }
  if (key === "GET /backend-api/codex/responses") return withAccount(request, state, () => UPGRADE_REQUIRED);
  const found = ROUTES[key];
  if (found === undefined) return detailReply(404, "Not Found");
  const faulted = await answerWithFaults(request, found.target, () => found.answer(request, state), state);
  keepRefreshToken(request, faulted, state);
  const delayMs = found.delayMs?.(state) ?? 0;
  if (delayMs > 0) await sleep(delayMs);
  return faulted;
}

/** Answers a request for a WebSocket: with the account that it is for, or with a refusal. */
export async function routeUpgrade(
  request: RecordedRequest,
  state: SimulatorState,
): Promise<{ account: SimulatedAccount } | { refusal: Reply }> {
  if (request.path !== "/backend-api/codex/responses") return { refusal: await route(request, state) };
  const outcome = authenticate(request, state);
  if ("refusal" in outcome) return outcome;
  const fault = state.faults.take("upgrade");
  if (fault !== undefined) return { refusal: applyFaults(UPGRADE_REQUIRED, [fault], 1, undefined) };
  if (!state.options.webSocket) return { refusal: UPGRADE_REQUIRED };
  const betas = (request.headers["openai-beta"] ?? "").split(/\s*,\s*/);
  return betas.includes(WEB_SOCKET_BETA)
    ? outcome
    : { refusal: detailReply(400, `A WebSocket needs the header OpenAI-Beta: ${WEB_SOCKET_BETA}`) };
}

/** Answers a message of a WebSocket that asks for a response. */
export function routeMessage(
  request: RecordedRequest,
  account: SimulatedAccount,
  state: SimulatorState,
): Promise<Reply> {
  return createResponse(request, account, () => requestedFaults(request, "responses", state), state);
}

function withAccount(
  request: RecordedRequest,
  state: SimulatorState,
  then: (account: SimulatedAccount) => Reply | Promise<Reply>,
): Reply | Promise<Reply> {
  const outcome = authenticate(request, state);
  return "refusal" in outcome ? outcome.refusal : then(outcome.account);
}

/** A token answer without a new refresh token means that the old one goes on. */
function keepRefreshToken(request: RecordedRequest, reply: Reply, state: SimulatorState): void {
  if (request.path !== "/oauth/token" || reply.kind !== "plain" || reply.status !== 200) return;
  const value = parseJson(reply.body);
  const sent = readParameters(request)?.["refresh_token"];
  if (sent !== undefined && isObject(value) && value["refresh_token"] === undefined)
    state.vault.keepAlive(sent);
}
