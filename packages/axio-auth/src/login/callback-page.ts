import { createHash } from "node:crypto";
import type { ErrorCode } from "axio";

/** The outcome to show in the browser. */
export type CallbackOutcome =
  | {
      readonly kind: "signed-in";
      /** For example an email address. */
      readonly account?: string | undefined;
    }
  | {
      readonly kind: "failed";
      readonly code: ErrorCode;
      /** Default: a headline for the code. */
      readonly headline?: string | undefined;
      /** The message of an `AxioError`. */
      readonly message: string;
    }
  /** The request is not the expected callback. */
  | { readonly kind: "not-recognized" }
  /** The callback was already received. */
  | { readonly kind: "already-used" }
  /** The sign-in ended without a result. */
  | { readonly kind: "ended" };

/** An HTTP response with a page. */
export interface CallbackPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
}

const STYLE = `
:root { color-scheme: light dark; --back: #f6f5f2; --card: #fff; --text: #1d1c1a; --soft: #6b6862; --line: #e4e1da; --good: #1f7a4d; --bad: #b3402a; }
@media (prefers-color-scheme: dark) {
  :root { --back: #161513; --card: #201f1c; --text: #f1efe9; --soft: #a29e95; --line: #35332e; --good: #5cc48f; --bad: #ee8a73; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--back); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 27rem; padding: 2rem 1.75rem; background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--tone); border-radius: 0.75rem; overflow-wrap: anywhere; }
.good { --tone: var(--good); }
.bad { --tone: var(--bad); }
h1 { margin: 0 0 0.75rem; font-size: 1.375rem; line-height: 1.25; letter-spacing: -0.01em; }
p { margin: 0 0 0.75rem; }
.next { margin: 1.25rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); }
code { font: 0.8125rem ui-monospace, monospace; color: var(--soft); }
`;

/** Removes the code from the address bar and the history. */
const SCRIPT = 'history.replaceState(null, "", location.pathname);';

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
};

/** The headlines of failures, by code. The message is shown below. */
const HEADLINES: Partial<Record<ErrorCode, string>> = {
  "login-denied": "Sign-in was not approved",
  "login-timeout": "Sign-in took too long",
  "store-unavailable": "The sign-in could not be saved",
  "store-locked": "The sign-in could not be saved",
  "credentials-malformed": "The sign-in could not be saved",
  network: "The server could not be reached",
  "response-timeout": "The server could not be reached",
  aborted: "Sign-in was canceled",
};

interface PageText {
  readonly tone: "good" | "bad";
  readonly headline: string;
  readonly text: string;
  readonly next: string;
  readonly code?: string;
}

/** Creates the page for an outcome. Escapes all text. */
export function callbackPage(outcome: CallbackOutcome): CallbackPage {
  const { tone, headline, text, next, code } = textFor(outcome);
  const wrong = outcome.kind === "not-recognized" || outcome.kind === "already-used";
  return {
    status: wrong ? 400 : 200,
    headers: HEADERS,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(headline)}</title>
<style>${STYLE}</style>
</head>
<body>
<main class="${tone}">
<h1>${escapeHtml(headline)}</h1>
<p>${escapeHtml(text)}</p>
${code === undefined ? "" : `<p><code>${escapeHtml(code)}</code></p>\n`}<p class="next">${escapeHtml(next)}</p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`,
  };
}

function textFor(outcome: CallbackOutcome): PageText {
  switch (outcome.kind) {
    case "signed-in":
      return {
        tone: "good",
        headline: "You are signed in",
        text: outcome.account ? `Signed in as ${outcome.account}.` : "The sign-in succeeded.",
        next: "You can close this tab and return to your terminal.",
      };
    case "failed":
      return {
        tone: "bad",
        headline: outcome.headline ?? HEADLINES[outcome.code] ?? "Sign-in failed",
        text: outcome.message,
        next: "You can close this tab. Your terminal shows more, and you can try again there.",
        code: outcome.code,
      };
    case "already-used":
      return {
        tone: "bad",
        headline: "This link was already used",
        text: "Its sign-in has continued without this page.",
        next: "You can close this tab and return to your terminal.",
      };
    case "ended":
      return {
        tone: "bad",
        headline: "The sign-in has ended",
        text: "The program stopped before the sign-in was complete.",
        next: "You can close this tab and start again in your terminal.",
      };
    case "not-recognized":
      return {
        tone: "bad",
        headline: "This link is not valid here",
        text: "It does not belong to the current sign-in, but perhaps to an older one. Nothing has changed.",
        next: "Use the newest address that your terminal shows.",
      };
  }
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
