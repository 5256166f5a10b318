import { errorReply, jsonReply, type Reply } from "../http/reply.ts";
import { isObject, parseJson } from "../json.ts";
import { type Fault, replyFault } from "./fault.ts";

/** Responses of the token endpoint. Statuses, HTML and cut connections also fit there. */
export const OAUTH_FAULTS: readonly Fault[] = [
  refused(
    "refresh_token_reused",
    401,
    "Your refresh token has already been used to generate a new access token.",
  ),
  refused("refresh_token_expired", 401, "Your refresh token has expired."),
  refused("refresh_token_invalidated", 401, "Your refresh token was revoked."),
  refused("invalid_grant", 400, "The grant is not valid."),
  replyFault("invalid_grant_rfc", "400 in the dialect of RFC 6749, `error` is a string", () =>
    jsonReply(400, { error: "invalid_grant", error_description: "The grant is not valid." }),
  ),
  replyFault("code_at_top", "400 with its code at the top level", () =>
    jsonReply(400, { code: "refresh_token_expired", message: "Expired." }),
  ),
  without("without_id_token", "id_token"),
  without("without_refresh_token", "refresh_token"),
  without("without_access_token", "access_token"),
  without("without_expires_in", "expires_in"),
  replyFault("token_garbage", "200 with a body that is not JSON", () => ({
    kind: "plain",
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"access_token":',
  })),
];

function refused(code: string, status: number, message: string): Fault {
  return replyFault(code, `${status} with the code ${code}`, () => errorReply(status, { message, code }));
}

function without(name: string, member: string): Fault {
  return {
    name,
    summary: `a token response without ${member}`,
    effect: { kind: "rewrite", rewrite: (reply) => dropMember(reply, member) },
  };
}

function dropMember(reply: Reply, member: string): Reply {
  const value = reply.kind === "plain" ? parseJson(reply.body) : undefined;
  if (reply.kind !== "plain" || !isObject(value)) return reply;
  const { [member]: _, ...rest } = value;
  return { ...reply, body: JSON.stringify(rest) };
}
