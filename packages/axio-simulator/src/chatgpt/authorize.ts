import type { RecordedRequest } from "../http/recorded-request.ts";
import { htmlReply, type Reply, redirectReply } from "../http/reply.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { accountFieldset, decisionButton, errorPage, escapeHtml, page } from "../oauth/page.ts";
import { type PlanAuthorizationRequest, readPlanAuthorizationRequest } from "./authorization-request.ts";
import { approvedLocation, refusedLocation, withForeignState } from "./callback.ts";
import { subjectOf } from "./mint.ts";
import { DYNAMIC_CLIENT_ID, type Registration } from "./registrations.ts";
import { PLAN_SCOPE } from "./scopes.ts";
import type { ChatGPTState } from "./state.ts";
import { resourcesOf } from "./state.ts";
import type { AuthorizeSwitches } from "./switches.ts";
import { resolveUnknowns } from "./unknowns.ts";

/** A sign-in with valid parameters, for a new client id or for an issued one. */
interface SignIn {
  readonly request: RecordedRequest;
  readonly authorization: PlanAuthorizationRequest;
  readonly registration: Registration | undefined;
}

/** `GET /api/accounts/authorize`: the page, or a redirect if the user need not be asked. */
export function showPlanAuthorize(request: RecordedRequest, state: ChatGPTState): Reply | Promise<Reply> {
  return withSignIn(request, state, (signIn) => {
    const { authorization, registration } = signIn;
    if (state.options.autoApprove) {
      const switches = state.faults.switches("authorize");
      const account = registration?.account ?? accountOf(switches.account, state);
      if (account === undefined) return refusalPage("account", "The simulator has no such account.");
      return decide(signIn, account, switches, state);
    }
    if (registration !== undefined && authorization.idTokenHint !== undefined && !authorization.asksConsent) {
      return decide(signIn, registration.account, state.faults.switches("authorize"), state);
    }
    return htmlReply(200, signInPage(signIn, state));
  });
}

/** `POST /api/accounts/authorize`: the user's decision. */
export function decidePlanAuthorize(request: RecordedRequest, state: ChatGPTState): Reply | Promise<Reply> {
  return withSignIn(request, state, (signIn) => {
    const form = new URLSearchParams(request.body);
    const account = state.options.accounts.find(({ id }) => id === form.get("account"));
    if (account === undefined) return refusalPage("account", "Choose one of the accounts.");
    const decision = DECISIONS[form.get("decision") ?? ""] ?? "access_denied";
    return decide(signIn, account, { ...state.faults.switches("authorize"), decision }, state);
  });
}

const DECISIONS: Readonly<Record<string, AuthorizeSwitches["decision"]>> = {
  continue: "approve",
  identity: "identity-only",
};

function accountOf(id: string | undefined, state: ChatGPTState): SimulatedAccount | undefined {
  return state.options.accounts.find((account) => id === undefined || account.id === id);
}

function withSignIn(
  request: RecordedRequest,
  state: ChatGPTState,
  then: (signIn: SignIn) => Reply | Promise<Reply>,
): Reply | Promise<Reply> {
  const authorization = readPlanAuthorizationRequest(request.query, {
    accepted: resolveUnknowns(state.options.unknowns),
    resources: resourcesOf(state),
  });
  if ("description" in authorization) return refusalPage(authorization.param, authorization.description);
  const registration = state.registrations.find(authorization.clientId);
  if (registration === undefined && authorization.clientId !== DYNAMIC_CLIENT_ID) {
    return refusalPage("client_id", "The client is not known.");
  }
  const hint = authorization.idTokenHint;
  if (hint !== undefined && registration !== undefined) {
    if (state.signer.verify(hint)?.["sub"] !== subjectOf(registration.account)) {
      return refusalPage("id_token_hint", "The hint is not of the account of this client.");
    }
  }
  const signIn = { request, authorization, registration };
  if (request.method === "GET") noteViolations(signIn, state);
  return then(signIn);
}

function noteViolations({ request, authorization, registration }: SignIn, state: ChatGPTState): void {
  if (authorization.hostId === undefined) {
    state.violations.add("missing_host_id", request, "a sign-in without ext_agent_host_id");
  }
  if (registration !== undefined && authorization.name !== undefined) {
    state.violations.add("name_with_issued_client", request, "agent_name_hint with an issued client id");
  }
  if ((registration === undefined && authorization.asksConsent) || request.query.has("force_reconsent")) {
    state.violations.add(
      "needless_consent",
      request,
      "asks for consent although the documentation does not say so",
    );
  }
}

function refusalPage(param: string, description: string): Reply {
  return htmlReply(400, errorPage("invalid_authorize_request", `${description} (${param})`));
}

async function decide(
  signIn: SignIn,
  account: SimulatedAccount,
  switches: AuthorizeSwitches,
  state: ChatGPTState,
): Promise<Reply> {
  const { authorization, registration } = signIn;
  switch (switches.decision) {
    case "never":
      return htmlReply(200, page("Waiting", "<p>No decision will be made.</p>"));
    case "access_denied":
    case "server_error":
      return arrive(refusedLocation(authorization, switches.decision, switches), switches);
    case "approve":
    case "identity-only": {
      if (registration !== undefined && registration.account.id !== account.id) {
        return refusalPage("client_id", "The client belongs to another account or workspace.");
      }
      const used = approve(signIn, account, switches.decision === "approve", state);
      const scopes = authorization.scopes.filter((scope) => scope !== PLAN_SCOPE || used.planAllowed);
      const { nonce, resource, redirectUri, challenge } = authorization;
      const code = state.codes.issue({ registration: used, nonce, resource, scopes }, redirectUri, challenge);
      const isRegistration = registration === undefined;
      const approved = { code, clientId: used.clientId, isRegistration, scopes, issuer: state.origin };
      return arrive(approvedLocation(authorization, approved, switches), switches);
    }
  }
}

/** The registration that a code is for. Each sign-in as the dynamic client creates one. */
function approve(
  { request, authorization, registration }: SignIn,
  account: SimulatedAccount,
  planAllowed: boolean,
  state: ChatGPTState,
): Registration {
  if (registration === undefined && state.registrations.of(account).length > 0) {
    state.violations.add("second_registration", request, "a new client id for an account that has one");
  }
  const used = registration ?? state.registrations.create(account, authorization.name, planAllowed);
  // Without the consent screen the previous decision counts.
  if (authorization.asksConsent) used.planAllowed = planAllowed;
  used.signIns += 1;
  const { hostId } = authorization;
  if (hostId !== undefined && !used.hostIds.includes(hostId)) used.hostIds.push(hostId);
  if (registration !== undefined && authorization.idTokenHint !== undefined) state.stats.choosersSkipped += 1;
  return used;
}

/** Redirects the browser. The switches may send a stray callback first. */
async function arrive(location: string, { extraCallback }: AuthorizeSwitches): Promise<Reply> {
  if (extraCallback !== "none") {
    const stray = extraCallback === "same" ? location : withForeignState(location);
    await fetch(stray, { redirect: "manual" }).then(
      (answer) => answer.body?.cancel(),
      () => undefined,
    );
  }
  return redirectReply(location);
}

function signInPage({ request, authorization, registration }: SignIn, state: ChatGPTState): string {
  const name = registration?.name ?? authorization.name ?? "An app";
  const asksPlan = registration === undefined || authorization.asksConsent;
  // The action repeats the query, so the form needs neither hidden fields nor a script.
  const action = `${request.path}?${request.query.toString()}`;
  const choices =
    registration === undefined
      ? state.options.accounts
      : [registration.account, ...state.options.accounts.filter(({ id }) => id !== registration.account.id)];
  const buttons = asksPlan
    ? [
        decisionButton("continue", "Allow, and let it use the plan", true),
        decisionButton("identity", "Allow, without the plan", false),
        decisionButton("deny", "Cancel", false),
      ]
    : [decisionButton("continue", "Continue", true), decisionButton("deny", "Cancel", false)];
  const question = asksPlan
    ? "asks to know who you are and to use your ChatGPT plan."
    : "asks you to sign in again.";
  return page(
    "Sign in with ChatGPT",
    `<p><strong>${escapeHtml(name)}</strong> ${question}</p>
<form method="post" action="${escapeHtml(action)}">
${accountFieldset(choices)}
${buttons.join("\n")}
</form>`,
  );
}
