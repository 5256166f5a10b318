import { AxioError, type ErrorCode } from "axio";
import {
  type AlternativeMethod,
  type AuthorizationResponse,
  createPkce,
  createState,
  FatalError,
  readAuthorizationResponse,
  redactSecrets,
  signIn as runSignIn,
} from "axio-auth";
import { assertSecureUrl, defaultFetch } from "axio-http";
import { CALLBACK_PATH, CALLBACK_PORTS, ISSUER, LOGIN_TIMEOUT_MS, STATE_SUFFIXES } from "../config.ts";
import type { Credentials } from "../credentials.ts";
import { authorizationUrl } from "./authorization-url.ts";
import { requestDeviceCode, waitForDevice } from "./device-code.ts";
import type { SignInOptions } from "./login-options.ts";
import { exchange, type TokenServer } from "./tokens.ts";

const HEADLINES: Partial<Record<ErrorCode, string>> = {
  "account-mismatch": "This is the wrong workspace",
  "not-entitled": "This plan does not include Codex",
  "unsupported-country": "Not available in this country",
  blocked: "The network is blocked",
};

/**
 * Signs in by the first method that succeeds, and saves the credentials before the browser reports success.
 *
 * @throws AxioError like `login()`.
 */
export async function signIn(
  options: SignInOptions,
  save: (credentials: Credentials) => Promise<void>,
): Promise<Credentials> {
  const { ports = CALLBACK_PORTS, originator, allowedWorkspaceIds } = options;
  const server: TokenServer & { readonly issuer: URL } = {
    issuer: assertSecureUrl(options.issuer ?? ISSUER, "The issuer"),
    fetch: options.fetch ?? defaultFetch(),
  };
  const { verifier, challenge } = await createPkce();
  const state = createState();
  return runSignIn<Credentials>({
    timeoutMs: LOGIN_TIMEOUT_MS,
    ...options,
    state,
    stateSuffixes: STATE_SUFFIXES,
    callback: { host: "localhost", path: CALLBACK_PATH, ports },
    authorizationUrl: (redirectUri) =>
      authorizationUrl({
        issuer: server.issuer,
        redirectUri,
        state,
        challenge,
        originator,
        allowedWorkspaceIds,
      }),
    exchange: async ({ params, redirectUri }, signal) => {
      const { code } = readResponse(params);
      return redactSecrets(await exchange({ code, verifier, redirectUri }, server, signal));
    },
    save,
    accountOf: ({ email }) => email,
    headlines: HEADLINES,
    alternativeMethod: deviceCode(server),
  });
}

function readResponse(params: URLSearchParams): AuthorizationResponse {
  if (!params.get("error_description")?.includes("missing_codex_entitlement"))
    return readAuthorizationResponse(params);
  throw new FatalError(
    new AxioError(
      "not-entitled",
      "The plan of this account or workspace does not include Codex. Ask the workspace's administrator, or sign in with another account.",
      { details: { peerCode: params.get("error") ?? "", reason: "usage-not-included" } },
    ),
  );
}

function deviceCode(server: TokenServer & { readonly issuer: URL }): AlternativeMethod<Credentials> {
  return async ({ signal, onProgress, finish }) => {
    const options = { ...server, signal };
    try {
      const device = await requestDeviceCode(options);
      const { userCode, verificationUrl, expiresAt } = device;
      onProgress({ type: "device-code", userCode, verificationUrl, expiresAt });
      const authorization = await waitForDevice(device, options);
      return await finish(async () => redactSecrets(await exchange(authorization, server, signal)));
    } catch (error) {
      if (AxioError.is(error, "login-denied")) throw new FatalError(error);
      if (AxioError.is(error) && error.code !== "aborted") onProgress({ type: "warning", error });
      throw error;
    }
  };
}
