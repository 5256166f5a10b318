import type { RecordedRequest } from "../http/recorded-request.ts";
import { errorReply, htmlReply, jsonReply, type Reply } from "../http/reply.ts";
import { stringMember } from "../json.ts";
import { accountChoice, errorPage, escapeHtml, page } from "../oauth/page.ts";
import { CLIENT_ID } from "./codex-tokens.ts";
import type { CodexState } from "./state.ts";

/** `POST /api/accounts/deviceauth/usercode`. */
export function startDeviceLogin(request: RecordedRequest, state: CodexState): Reply {
  if (stringMember(request.json, "client_id") !== CLIENT_ID) {
    return errorReply(400, { message: "The client is not known.", code: "invalid_client" });
  }
  const grant = state.devices.start();
  return jsonReply(200, {
    device_auth_id: grant.deviceAuthId,
    user_code: grant.userCode,
    // The service sends a string.
    interval: String(state.options.deviceIntervalSeconds),
    expires_at: new Date(grant.expiresAt).toISOString(),
  });
}

/** `POST /api/accounts/deviceauth/token`: 403 until the user decides. */
export function pollDeviceLogin(request: RecordedRequest, state: CodexState): Reply {
  const grant = state.devices.find(
    stringMember(request.json, "device_auth_id") ?? "",
    stringMember(request.json, "user_code") ?? "",
  );
  if (grant === undefined) {
    return errorReply(403, {
      message: "Device authorization is unknown.",
      code: "deviceauth_authorization_unknown",
    });
  }
  if (grant.expiresAt <= Date.now() || grant.decision === "collected") {
    return errorReply(400, {
      message: "Device authorization has expired.",
      code: "deviceauth_authorization_expired",
    });
  }
  if (grant.decision === "denied") {
    return errorReply(400, {
      message: "The user denied the request.",
      code: "deviceauth_authorization_denied",
    });
  }
  if (grant.decision === "pending") {
    return errorReply(403, {
      message: "Device authorization is pending. Please try again.",
      code: "deviceauth_authorization_pending",
    });
  }
  const redirectUri = `${originOf(request, state)}/deviceauth/callback`;
  const code = state.codes.issue(grant.decision.approvedBy, redirectUri, grant.challenge);
  grant.decision = "collected";
  return jsonReply(200, {
    authorization_code: code,
    code_challenge: grant.challenge,
    code_verifier: grant.verifier,
  });
}

/** `GET /codex/device`: the page on which the user types the code. */
export function showDevicePage(request: RecordedRequest, state: CodexState): Reply {
  const code = request.query.get("user_code") ?? "";
  return htmlReply(
    200,
    page(
      "Connect a device",
      `<p>Type the code that the device shows. Continue only if you started this sign-in yourself.</p>
<form method="post" action="/codex/device">
<label>Code <input type="text" name="user_code" value="${escapeHtml(code)}" autocomplete="off" required></label>
${accountChoice(state.options.accounts)}
</form>`,
    ),
  );
}

/** `POST /codex/device`: the user's decision. */
export function decideDevice(request: RecordedRequest, state: CodexState): Reply {
  const form = new URLSearchParams(request.body);
  const account = state.options.accounts.find((candidate) => candidate.id === form.get("account"));
  const decision = form.get("decision") === "continue" ? account : "denied";
  if (decision === undefined)
    return htmlReply(400, errorPage("unknown_account", "Choose one of the accounts."));
  if (!state.devices.decide(form.get("user_code") ?? "", decision)) {
    return htmlReply(
      400,
      errorPage("unknown_user_code", "No device is waiting with this code. Check it and try again."),
    );
  }
  return htmlReply(
    200,
    decision === "denied"
      ? page("Denied", "<p>The device was not signed in.</p>")
      : page("Device connected", "<p>You can close this page and go back to the device.</p>"),
  );
}

/** The issuer by the host name that the client used: `localhost` and `127.0.0.1` are the same server. */
function originOf(request: RecordedRequest, state: CodexState): string {
  const { protocol, host } = new URL(state.origin);
  return `${protocol}//${request.headers["host"] ?? host}`;
}
