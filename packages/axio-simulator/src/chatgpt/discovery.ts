import { jsonReply, type Reply } from "../http/reply.ts";
import type { ChatGPTState } from "./state.ts";

/** A loopback address on which no server listens. */
const FOREIGN_ORIGIN = "http://127.0.0.1:9";

/** `GET /.well-known/openid-configuration`. As in reality, the two scopes of the plan are not listed. */
export function showPlanConfiguration(state: ChatGPTState): Reply {
  const switches = state.faults.switches("discovery");
  const origin = state.origin;
  const accounts = `${origin}/api/accounts`;
  const issuer = { right: origin, wrong: "https://auth.example.test", "trailing-slash": `${origin}/` };
  const configuration = {
    issuer: issuer[switches.issuer],
    authorization_endpoint: `${accounts}/authorize`,
    token_endpoint: `${accounts}/oauth/token`,
    ...(switches.revocationEndpoint && { revocation_endpoint: `${accounts}/oauth/revoke` }),
    jwks_uri: `${origin}/.well-known/jwks.json`,
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
  };
  const foreign = switches.foreignEndpoint;
  return jsonReply(
    200,
    foreign === "none" ? configuration : { ...configuration, [foreign]: `${FOREIGN_ORIGIN}/${foreign}` },
  );
}

/** `GET /.well-known/jwks.json`. */
export function showPlanKeys(state: ChatGPTState): Reply {
  return jsonReply(200, state.faults.switches("keys").keys === "all" ? state.signer.jwks : { keys: [] });
}
