import type { ErrorCode } from "axio";

/** What a person is told of a code. */
export interface CodeAdvice {
  readonly what: string;
  readonly todo: string;
  /** Whether the transport tries again by itself. */
  readonly retried: string;
}

/** Every code. A code without a line here does not compile. */
export const CODES: Readonly<Record<ErrorCode, CodeAdvice>> = {
  "invalid-argument": {
    what: "An option or argument cannot be used.",
    todo: "Correct it; the message names it.",
    retried: "no",
  },
  unauthenticated: {
    what: "Nobody is signed in, or the backend rejects the sign-in after it was renewed.",
    todo: "`axio-codex login`.",
    retried: "once, with a renewed token",
  },
  "credentials-malformed": {
    what: "The stored sign-in cannot be read.",
    todo: "Sign in again.",
    retried: "no",
  },
  "store-unavailable": {
    what: "The file or keychain of the sign-in cannot be read or written.",
    todo: "Check its rights and the disk.",
    retried: "no",
  },
  "store-locked": {
    what: "Another process held the sign-in for too long.",
    todo: "Try again; end the other process if it hangs.",
    retried: "no",
  },
  "callback-port-in-use": {
    what: "The registered ports for the browser's way back are taken.",
    todo: "Close what listens there, or sign in with `--device` or `--paste`.",
    retried: "no",
  },
  "login-timeout": { what: "The sign-in was not finished in time.", todo: "Sign in again.", retried: "no" },
  "tool-schema": {
    what: "A tool's parameters are no usable schema.",
    todo: "Correct the tool.",
    retried: "no",
  },
  "unsupported-parameter": {
    what: "The backend takes no such setting. Left out with a warning, or an error with `strict`.",
    todo: "Leave the setting out; `details.parameter` names it.",
    retried: "no",
  },
  "unsupported-content": {
    what: "A picture or file is of a type that the API does not take.",
    todo: "Convert it.",
    retried: "no",
  },
  "plugin-failed": {
    what: "A plugin of the terminal app cannot be loaded, or does not do what it promises.",
    todo: "The message names the package and what to do; the app goes on without it.",
    retried: "no",
  },
  "tools-unavailable": {
    what: "A server of tools (MCP) could not be started or reached, or it ended.",
    todo: "Correct its config; the message says what is wrong. Agents go on without its tools.",
    retried: "with the next call",
  },
  unexpected: {
    what: "Code outside of axio threw: a store, a tool's schema, a `fetch` of your own.",
    todo: "See `cause`.",
    retried: "no",
  },
  aborted: { what: "The caller stopped it.", todo: "Nothing.", retried: "no" },
  "login-denied": { what: "The sign-in was refused at the page.", todo: "Sign in again.", retried: "no" },
  "login-failed": {
    what: "The sign-in server gave an answer that is no sign-in.",
    todo: "Sign in again; the message quotes the server.",
    retried: "no",
  },
  "account-mismatch": {
    what: "A sign-in, a refresh or a request is for another account or workspace than expected. `details.reason` is `workspace` for the latter.",
    todo: "Sign in with the right account, or add the other one under another profile.",
    retried: "no",
  },
  "id-token-invalid": {
    what: "The ID token of a sign-in fails verification. `details.reason` is `malformed`, `algorithm`, `signature`, `issuer`, `audience`, `expired` or `nonce`.",
    todo: "Check the clock, and sign in again. If it stays, something between here and the server changes its responses.",
    retried: "no",
  },
  "jwks-unavailable": {
    what: "The keys that a sign-in is checked with are not to be had. The sign-in is kept.",
    todo: "Try again later.",
    retried: "yes",
  },
  "refresh-token-expired": { what: "The sign-in ended.", todo: "Sign in again.", retried: "no" },
  "refresh-token-reused": {
    what: "Another program has used the same sign-in and renewed it.",
    todo: "Sign in again; give each program a sign-in of its own, or one shared store.",
    retried: "no",
  },
  "refresh-token-revoked": { what: "The sign-in was revoked.", todo: "Sign in again.", retried: "no" },
  "refresh-response-lost": {
    what: "The server renewed the sign-in, but its answer was lost on the way, and the old refresh token is used up.",
    todo: "Sign in again. Nobody else has used it.",
    retried: "no",
  },
  "refresh-failed": {
    what: "The sign-in server could not renew the token now. The sign-in is kept.",
    todo: "Try again later.",
    retried: "yes",
  },
  "unsupported-country": {
    what: "The service does not serve the country that the request came from.",
    todo: "Set `HTTPS_PROXY` if you reach it through a proxy elsewhere.",
    retried: "no",
  },
  blocked: {
    what: "A firewall in front of the service blocked the request. `details.reason` is `cloudflare`, whose `details.cfRay` identifies the case.",
    todo: "Try another network, or wait some minutes.",
    retried: "no",
  },
  "usage-limit": {
    what: "The plan is used up. `details` holds `plan`, `windowMs`, `resetsAt`.",
    todo: "Wait until then (`waitForLimit` does), or raise the limit in the plan.",
    retried: "no, unless `waitForLimit`",
  },
  "not-entitled": {
    what: "The account may not use the service. `details.reason` is `usage-not-included` (the plan does not include it) or `plan-use-off` (the user has not allowed the app to use it).",
    todo: "Choose another plan or account; for `plan-use-off`: `axio-chatgpt login --enable-plan`.",
    retried: "no",
  },
  "rate-limit": {
    what: "Too many requests in a short time.",
    todo: "Nothing, or fewer calls at once.",
    retried: "yes, after the time the server asks for",
  },
  overloaded: { what: "The service is overloaded.", todo: "Try again later.", retried: "yes" },
  "invalid-request": {
    what: "The service refuses the request as invalid.",
    todo: "Change it; the message quotes the service.",
    retried: "no, but once without reasoning that it cannot read",
  },
  "context-length": {
    what: "The conversation is longer than the model can read, or the request larger than a proxy takes.",
    todo: "Compact it, or begin a new one.",
    retried: "no",
  },
  "model-not-supported": {
    what: "The account does not have the model. `details.models` lists those that it has.",
    todo: "Choose one of them.",
    retried: "no",
  },
  "content-policy": { what: "A policy forbids an answer.", todo: "Reword the request.", retried: "no" },
  forbidden: {
    what: "The account may not do this.",
    todo: "Check its workspace and rights.",
    retried: "no",
  },
  "not-found": {
    what: "There is nothing at this address.",
    todo: "Check `baseUrl`.",
    retried: "no",
  },
  network: {
    what: "No connection came about (`details.connected` is `false`), or it broke.",
    todo: "Check the network, the proxy and its certificate.",
    retried: "yes; not for a certificate that is refused",
  },
  "response-timeout": {
    what: "No answer began within `responseTimeoutMs`.",
    todo: "Check the network.",
    retried: "yes",
  },
  "deadline-exceeded": {
    what: "The call was not done within `deadlineMs`.",
    todo: "Raise it, or ask for less.",
    retried: "no",
  },
  "stream-idle": {
    what: "The stream stayed open and sent no event for `idleTimeoutMs`.",
    todo: "Try again later.",
    retried: "yes",
  },
  "stream-truncated": {
    what: "The stream ended before its last event. Nothing of it was kept.",
    todo: "Try again; if it stays, something on the way cuts long answers.",
    retried: "yes",
  },
  protocol: {
    what: "The answer is not what the protocol says: a page, plain JSON, a redirect, broken events.",
    todo: "Check `baseUrl`, and whether a proxy or a portal answers in the service's place.",
    retried: "broken events only",
  },
  "output-mismatch": {
    what: "The model's answer does not have the form that was asked for.",
    todo: "Ask again, or ask for a simpler form.",
    retried: "no",
  },
  server: { what: "The service failed.", todo: "Try again later.", retried: "yes" },
};
