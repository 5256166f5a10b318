import { jsonReply, type Reply } from "../http/reply.ts";
import type { CodexState } from "./state.ts";

/** `GET /.well-known/openid-configuration`. */
export function showConfiguration({ origin: issuer }: CodexState): Reply {
  return jsonReply(200, {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none"],
  });
}
