import type { RecordedRequest } from "../http/recorded-request.ts";
import { htmlReply, type Reply, redirectReply } from "../http/reply.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { accountChoice, errorPage, escapeHtml, page } from "../oauth/page.ts";
import { type AuthorizationRequest, readAuthorizationRequest, withQuery } from "./authorization-request.ts";
import type { CodexState } from "./state.ts";

/** `GET /oauth/authorize`: the sign-in page, or a redirect with `autoApprove`. */
export function showAuthorize(request: RecordedRequest, state: CodexState): Reply {
  return withAuthorizationRequest(request, state, (authorization, accounts) => {
    const [first] = accounts;
    if (state.options.autoApprove && first) return approve(authorization, first, state);
    // The action repeats the query, so the form needs neither hidden fields nor a script.
    const action = `/oauth/authorize?${request.query.toString()}`;
    return htmlReply(
      200,
      page(
        "Sign in with ChatGPT",
        `<p>An application on this computer asks to use ChatGPT on your behalf.</p>
<form method="post" action="${escapeHtml(action)}">
${accountChoice(accounts)}
</form>`,
      ),
    );
  });
}

/** `POST /oauth/authorize`: the user's decision. */
export function decideAuthorize(request: RecordedRequest, state: CodexState): Reply {
  return withAuthorizationRequest(request, state, (authorization, accounts) => {
    const form = new URLSearchParams(request.body);
    if (form.get("decision") !== "continue") {
      return redirectReply(
        withQuery(authorization.redirectUri, {
          error: "access_denied",
          error_description: "The user denied the request.",
          state: authorization.state,
        }),
      );
    }
    const account = accounts.find((candidate) => candidate.id === form.get("account"));
    if (account === undefined)
      return htmlReply(400, errorPage("unknown_account", "Choose one of the accounts."));
    return approve(authorization, account, state);
  });
}

function withAuthorizationRequest(
  request: RecordedRequest,
  state: CodexState,
  then: (authorization: AuthorizationRequest, accounts: readonly SimulatedAccount[]) => Reply,
): Reply {
  const read = readAuthorizationRequest(request.query);
  if ("error" in read) {
    if (read.error === "redirect") return redirectReply(read.location);
    return htmlReply(400, errorPage(read.code, read.description));
  }
  const originators = state.options.originators;
  if (originators !== undefined && !originators.includes(request.query.get("originator") ?? "")) {
    return htmlReply(400, errorPage("missing_required_parameter", "The originator is not known."));
  }
  const allowed = read.allowedAccountIds;
  const accounts = state.options.accounts.filter(({ id }) => allowed === undefined || allowed.includes(id));
  if (accounts.length === 0) {
    return htmlReply(403, errorPage("workspace_restriction", "None of your accounts is allowed here."));
  }
  return then(read, accounts);
}

function approve(authorization: AuthorizationRequest, account: SimulatedAccount, state: CodexState): Reply {
  const code = state.codes.issue(account, authorization.redirectUri, authorization.challenge);
  return redirectReply(withQuery(authorization.redirectUri, { code, state: authorization.state }));
}
