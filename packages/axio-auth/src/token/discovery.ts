import { AxioError } from "axio";
import { assertSecureUrl, errorFromResponse, type FetchLike, readBodyText, sendRequest } from "axio-http";
import { responseDetails, truncateForMessage } from "axio-http/internal";
import { parseObject } from "../parse-object.ts";

/** The endpoints of an authorization server, from its metadata document. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  /** Absent if the server does not support revocation. */
  readonly revocationEndpoint?: string | undefined;
}

/** Options of {@link discoverServer}. */
export interface DiscoveryOptions {
  /** The expected issuer: https, or http on a loopback address. Must equal the one in the document exactly. */
  readonly issuer: string;
  readonly fetch?: FetchLike | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The timeout until the response begins, and of its body. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Fetches the metadata document of an authorization server. The document must name the expected issuer, and all endpoints
 * must have the issuer's origin, so that tokens and codes are sent nowhere else.
 *
 * @throws AxioError `protocol` if the document is invalid; `network`, `response-timeout`, `server` and others if it cannot be
 *   fetched; `aborted`; `invalid-argument` for an insecure issuer.
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
    const { status, headers: responseHeaders } = response;
    throw errorFromResponse({ status, headers: responseHeaders, bodyText, url, now: Date.now() });
  }
  const invalid = (problem: string): AxioError =>
    new AxioError(
      "protocol",
      `The metadata document of the sign-in server cannot be used: ${problem}. A proxy between this machine and ${origin} may have changed it.`,
      { details },
    );
  const document = parseObject(bodyText);
  if (!document) throw invalid("it is not a JSON object");
  if (document["issuer"] !== issuer)
    throw invalid(`it is for another issuer (${truncateForMessage(String(document["issuer"]), 100)})`);
  const endpoint = (name: string): string => {
    const value = document[name];
    if (typeof value !== "string" || !URL.canParse(value)) throw invalid(`${name} is missing`);
    if (new URL(value).origin !== origin) throw invalid(`${name} is on another server`);
    return value;
  };
  return {
    issuer,
    authorizationEndpoint: endpoint("authorization_endpoint"),
    tokenEndpoint: endpoint("token_endpoint"),
    jwksUri: endpoint("jwks_uri"),
    revocationEndpoint:
      document["revocation_endpoint"] === undefined ? undefined : endpoint("revocation_endpoint"),
  };
}
