import { AxioError } from "axio";
import { API_BASE_URL, REGISTERING_CLIENT_ID, SCOPES } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";

/** What one attempt to sign in asks the authorization server. */
export interface AuthorizationInput {
  readonly endpoint: string;
  /** The app's own name, for the first sign-in. */
  readonly appName: string;
  readonly hostId: string;
  /** The registration of the account. Without one, the sign-in registers. */
  readonly registration: ChatGPTCredentials | undefined;
  /** Asks again whether the plan may be used. */
  readonly enablePlan: boolean;
  /** What the tokens are for. Default: OpenAI's API. */
  readonly resource?: string | undefined;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** The SHA-256 of the verifier (RFC 7636 §4.2). */
  readonly challenge: string;
}

/** The parameter that is for the browser alone: it holds a token. */
const ID_TOKEN_HINT = "id_token_hint";

/** The address at which a person signs in. */
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
    resource: input.resource ?? API_BASE_URL,
    state: input.state,
    nonce: input.nonce,
    code_challenge_method: "S256",
    code_challenge: input.challenge,
    ...(registration?.email === undefined ? {} : { login_hint: registration.email }),
    ...(enablePlan && registration !== undefined ? { prompt: "consent" } : {}),
    // Last, so that the address reads well without it.
    ...(registration?.idToken === undefined ? {} : { [ID_TOKEN_HINT]: registration.idToken }),
  };
  const url = new URL(input.endpoint);
  // Spaces as %20, as every server takes them; URLSearchParams would write them as +.
  url.search = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  return url;
}

/** The same address without the hint that holds a token: it works as well, and asks which account it is. */
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
 * Checks the name that the person sees at the sign-in.
 *
 * @throws AxioError `invalid-argument` where there is none, or it is no name.
 */
export function assertAppName(appName: unknown): string {
  const name = typeof appName === "string" ? appName.trim() : "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name has none
  if (name !== "" && name.length <= 100 && !/[\u0000-\u001f\u007f]/.test(name)) return name;
  throw new AxioError(
    "invalid-argument",
    "The appName is missing, or is no name. Give your app's own name, as people know it: they see it when they sign in.",
  );
}
