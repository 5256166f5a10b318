import { AxioError } from "axio";
import { REGISTERING_CLIENT_ID, SCOPES } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";

/** Parameters of {@link authorizationUrl}. */
export interface AuthorizationInput {
  readonly endpoint: string;
  /** The name of the app, for the first sign-in. */
  readonly appName: string;
  readonly hostId: string;
  /** The registration of the account. Without one, the sign-in registers. */
  readonly registration: ChatGPTCredentials | undefined;
  /** Whether to ask again for the use of the plan. */
  readonly enablePlan: boolean;
  /** The audience of the tokens. */
  readonly resource: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** The SHA-256 of the verifier (RFC 7636 §4.2). */
  readonly challenge: string;
}

/** A parameter with a token, for the browser only. */
const ID_TOKEN_HINT = "id_token_hint";

/** Returns the URL at which the user signs in. */
export function authorizationUrl(input: AuthorizationInput): URL {
  const { registration, enablePlan } = input;
  const parameters: Readonly<Record<string, string>> = {
    ...(registration === undefined
      ? { client_id: REGISTERING_CLIENT_ID, agent_name_hint: input.appName }
      : { client_id: registration.clientId }),
    ext_agent_host_id: input.hostId,
    response_type: "code",
    redirect_uri: input.redirectUri,
    scope: SCOPES,
    resource: input.resource,
    state: input.state,
    nonce: input.nonce,
    code_challenge_method: "S256",
    code_challenge: input.challenge,
    ...(registration?.email === undefined ? {} : { login_hint: registration.email }),
    ...(enablePlan && registration !== undefined ? { prompt: "consent" } : {}),
    ...(registration?.idToken === undefined ? {} : { [ID_TOKEN_HINT]: registration.idToken }),
  };
  const url = new URL(input.endpoint);
  // All servers accept spaces as %20; URLSearchParams would write +.
  url.search = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  return url;
}

/** Returns the URL without the hint that has a token. It works as well, but the page asks for the account. */
export function withoutTokenHint(url: URL): URL {
  const shown = new URL(url);
  shown.search = url.search
    .slice(1)
    .split("&")
    .filter((pair) => !pair.startsWith(`${ID_TOKEN_HINT}=`))
    .join("&");
  return shown;
}

/**
 * Returns the app name that the sign-in page shows, trimmed.
 *
 * @throws AxioError `invalid-argument` if it is missing or unsuitable.
 */
export function assertAppName(appName: unknown): string {
  const name = typeof appName === "string" ? appName.trim() : "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern rejects them
  if (name !== "" && name.length <= 100 && !/[\u0000-\u001f\u007f]/.test(name)) return name;
  throw new AxioError(
    "invalid-argument",
    "The appName is missing or unsuitable. Pass the name of your app in up to 100 characters on one line: the sign-in page shows it.",
  );
}
