import { AxioError } from "axio";
import { assertSecureUrl, errorFromResponse, type FetchLike, readBodyText, sendRequest } from "axio-http";
import { responseDetails, truncateForMessage } from "axio-http/internal";
import { parseObject } from "../parse-object.ts";

/** Where an authorization server does what, as its own document says it. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  /** Missing where the server cannot revoke. */
  readonly revocationEndpoint?: string;
}

/** Options of {@link discoverServer}. */
export interface DiscoveryOptions {
  /** Who is meant to answer: https, or http on this machine only. Compared with what the document says as it is. */
  readonly issuer: string;
  readonly fetch?: FetchLike | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Asks an authorization server where its endpoints are. The document counts only where it names this very issuer, and
 * all addresses are on the issuer's own origin: tokens and codes go nowhere else.
 *
 * @throws AxioError `protocol` where the document is another's or none; `network`, `response-timeout`, `server` and the
 *   like where it is not to be had; `aborted`; `invalid-argument` for an unsafe issuer.
 * @see OpenID Connect Discovery 1.0 §4
 */
export async function discoverServer(options: DiscoveryOptions): Promise<ServerMetadata> {
  const { issuer, fetch, signal, timeoutMs = 10_000 } = options;
  const { origin } = assertSecureUrl(issuer, "The issuer");
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const headers = { Accept: "application/json" };
  const response = await sendRequest({ url, headers, fetch, signal, responseTimeoutMs: timeoutMs });
  const bodyText = await readBodyText(response, { signal, timeoutMs, whole: response.ok });
  const details = responseDetails(response.status, response.headers, url);
  if (!response.ok) {
    const { status, headers: answered } = response;
    throw errorFromResponse({ status, headers: answered, bodyText, url, now: Date.now() });
  }
  const refuse = (what: string): AxioError =>
    new AxioError(
      "protocol",
      `The sign-in server's description of itself cannot be used: ${what}. Something between here and ${origin} may have changed it.`,
      { details },
    );
  const document = parseObject(bodyText);
  if (!document) throw refuse("it is no JSON object");
  if (document["issuer"] !== issuer)
    throw refuse(`it is for another issuer (${truncateForMessage(String(document["issuer"]), 100)})`);
  const address = (name: string): string => {
    const value = document[name];
    if (typeof value !== "string" || !URL.canParse(value)) throw refuse(`${name} is missing`);
    if (new URL(value).origin !== origin) throw refuse(`${name} is on another server`);
    return value;
  };
  return {
    issuer,
    authorizationEndpoint: address("authorization_endpoint"),
    tokenEndpoint: address("token_endpoint"),
    jwksUri: address("jwks_uri"),
    ...(document["revocation_endpoint"] === undefined
      ? {}
      : { revocationEndpoint: address("revocation_endpoint") }),
  };
}
