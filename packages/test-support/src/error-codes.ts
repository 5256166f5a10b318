import type { ErrorCode } from "axio";

/** The description of an error code for users. */
export interface CodeAdvice {
  readonly what: string;
  readonly remedy: string;
  /** Whether the transport retries. */
  readonly retried: string;
}

/** Every code, as `docs/errors.md` describes it. A code without a line here does not compile. */
export const CODES: Readonly<Record<ErrorCode, CodeAdvice>> = {
  "invalid-argument": {
    what: "An option or argument is invalid.",
    remedy: "Correct it; the message names it.",
    retried: "no",
  },
  unauthenticated: {
    what: "The user is not signed in, or the backend rejects the credentials after a refresh.",
    remedy: "`axio-codex login`.",
    retried: "once, with a refreshed token",
  },
  "credentials-malformed": {
    what: "The stored credentials cannot be read.",
    remedy: "Sign in again.",
    retried: "no",
  },
  "store-unavailable": {
    what: "The file or keychain of the credentials cannot be read or written.",
    remedy: "Check its permissions and the disk.",
    retried: "no",
  },
  "store-locked": {
    what: "Another process held the lock of the credentials for too long.",
    remedy: "Try again; end the other process if it hangs.",
    retried: "no",
  },
  "store-conflict": {
    what: "Another process or run has changed what was to be changed, so nothing was written.",
    remedy: "Read it and decide again; use one run at a time per conversation.",
    retried: "no",
  },
  "callback-port-in-use": {
    what: "The registered ports of the callback are in use.",
    remedy: "Close the program that uses them, or sign in with `--device` or `--paste`.",
    retried: "no",
  },
  "login-timeout": { what: "The sign-in was not finished in time.", remedy: "Sign in again.", retried: "no" },
  "tool-schema": {
    what: "The input schema of a tool is invalid. As a warning: the service cannot enforce it.",
    remedy: "Correct the tool.",
    retried: "no",
  },
  "unsupported-parameter": {
    what: "The backend does not support the parameter. It is not sent, with a warning; with `strict` it is an error.",
    remedy: "Omit the parameter; `details.parameter` names it.",
    retried: "no",
  },
  "unsupported-content": {
    what: "The API or the model does not accept an image or file.",
    remedy: "Convert or omit it.",
    retried: "no",
  },
  "plugin-failed": {
    what: "A plugin of the terminal app cannot be loaded, or violates its contract.",
    remedy: "The message names the package and what to do; the app continues without it.",
    retried: "no",
  },
  "tools-unavailable": {
    what: "An MCP server could not be started or reached, or it ended.",
    remedy: "Correct its configuration; the message says what is wrong. Agents continue without its tools.",
    retried: "with the next call",
  },
  unexpected: {
    what: "Code outside axio threw: a store, the schema of a tool, a `fetch` of your own. Or a module is missing, for example in a bundle.",
    remedy: "See the message and `cause`.",
    retried: "no",
  },
  aborted: { what: "The caller aborted the call.", remedy: "Nothing.", retried: "no" },
  "login-denied": { what: "The sign-in was denied on its page.", remedy: "Sign in again.", retried: "no" },
  "login-failed": {
    what: "The response of the sign-in server is not a sign-in.",
    remedy: "Sign in again; the message quotes the server.",
    retried: "no",
  },
  "account-mismatch": {
    what: "A sign-in, a refresh or a request is for another account or workspace than expected. `details.reason` is `workspace` for the latter.",
    remedy: "Sign in with the right account, or add the other one under another profile.",
    retried: "no",
  },
  "id-token-invalid": {
    what: "The ID token of a sign-in fails verification. `details.reason` is `malformed`, `algorithm`, `signature`, `issuer`, `audience`, `expired` or `nonce`.",
    remedy: "Check the clock, and sign in again. If this persists, a proxy may change the responses.",
    retried: "no",
  },
  "jwks-unavailable": {
    what: "The keys that verify a sign-in are not available. The credentials are kept.",
    remedy: "Try again later.",
    retried: "yes",
  },
  "refresh-token-expired": { what: "The refresh token expired.", remedy: "Sign in again.", retried: "no" },
  "refresh-token-reused": {
    what: "Another program used the same refresh token.",
    remedy: "Sign in again; give each program credentials of its own, or one shared store.",
    retried: "no",
  },
  "refresh-token-revoked": {
    what: "The refresh token was revoked.",
    remedy: "Sign in again.",
    retried: "no",
  },
  "refresh-response-lost": {
    what: "The server refreshed the credentials, but its response was lost, and the old refresh token is used up.",
    remedy: "Sign in again. No other program used it.",
    retried: "no",
  },
  "refresh-failed": {
    what: "The sign-in server could not refresh the token now. The credentials are kept.",
    remedy: "Try again later.",
    retried: "yes",
  },
  "unsupported-country": {
    what: "The service does not serve the country of the request.",
    remedy: "To use a proxy in another country, set `HTTPS_PROXY`.",
    retried: "no",
  },
  blocked: {
    what: "A firewall in front of the service blocked the request. `details.reason` is `cloudflare`, whose `details.cfRay` identifies the case.",
    remedy: "Try another network, or wait some minutes.",
    retried: "no",
  },
  "usage-limit": {
    what: "The plan is used up. `details` holds `plan`, `windowMs`, `resetsAt`.",
    remedy: "Wait until the limit resets (`retry.waitForUsageLimit` does), or raise it in the plan.",
    retried: "no, unless `retry.waitForUsageLimit`",
  },
  "not-entitled": {
    what: "The account may not use the service. `details.reason` is `usage-not-included` (the plan does not include it) or `plan-use-off` (the user has not allowed the app to use it).",
    remedy: "Choose another plan or account; for `plan-use-off`: `axio-chatgpt login --enable-plan`.",
    retried: "no",
  },
  "rate-limit": {
    what: "Too many requests in a short time.",
    remedy: "Nothing, or make fewer calls at once.",
    retried: "yes, after the delay that the server asks for",
  },
  overloaded: { what: "The service is overloaded.", remedy: "Try again later.", retried: "yes" },
  "invalid-request": {
    what: "The service rejects the request as invalid.",
    remedy: "Change it; the message quotes the service.",
    retried: "no, except once without reasoning that it cannot read",
  },
  "context-length": {
    what: "The conversation is longer than the model can read.",
    remedy: "Compact it, or start a new one.",
    retried: "no",
  },
  "request-too-large": {
    what: "The service or a proxy does not accept a request of this size (413), or the account has fewer tokens per minute than the request needs. This is not the context window of the model.",
    remedy:
      "Remove large files and images, or compact the conversation; raise the limit of your own proxy or gateway (`maxBodyBytes`).",
    retried: "no",
  },
  "model-not-supported": {
    what: "The account does not have the model. `details.models` lists those that it has.",
    remedy: "Choose one of them.",
    retried: "no",
  },
  "content-policy": { what: "A policy forbids a response.", remedy: "Reword the request.", retried: "no" },
  forbidden: {
    what: "The account is not allowed to do this.",
    remedy: "Check its workspace and permissions.",
    retried: "no",
  },
  "not-found": {
    what: "There is nothing at this URL.",
    remedy: "Check `baseUrl`.",
    retried: "no",
  },
  network: {
    what: "There was no connection (`details.connected` is `false`), or it broke.",
    remedy:
      "Check the network, the proxy and its certificate; the message names the proxy if it is the cause.",
    retried:
      "yes, except for a rejected certificate; without any connection in the call only `retry.maxOfflineRetries` times, within 2 s",
  },
  "response-timeout": {
    what: "There were no response headers within `responseTimeoutMs`.",
    remedy: "Check the network.",
    retried: "yes",
  },
  "deadline-exceeded": {
    what: "The call did not end within `deadlineMs`.",
    remedy: "Increase it, or request less.",
    retried: "no",
  },
  "stream-idle": {
    what: "The stream stayed open and sent no event for `idleTimeoutMs`.",
    remedy: "Try again later.",
    retried: "yes",
  },
  "stream-truncated": {
    what: "The stream ended before its last event. Nothing of it is stored.",
    remedy: "Try again; if this persists, a proxy may cut long responses.",
    retried: "yes",
  },
  protocol: {
    what: "The response violates the protocol: a page, plain JSON, a redirect, malformed events.",
    remedy: "Check `baseUrl`, and whether a proxy or a portal responds in place of the service.",
    retried: "only for malformed events",
  },
  "output-mismatch": {
    what: "The response of the model does not fit the requested schema.",
    remedy: "Try again, or simplify the schema.",
    retried: "no",
  },
  server: { what: "The service failed.", remedy: "Try again later.", retried: "yes" },
};
