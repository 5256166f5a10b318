import { AxioError } from "axio";
import {
  type AlternativeMethod,
  type Credentials,
  createPkce,
  createState,
  FatalError,
  readAuthorizationResponse,
  redactSecrets,
  signIn as signInBy,
} from "axio-auth";
import { assertSecureUrl, defaultFetch } from "axio-http";
import { CALLBACK_PATH, CALLBACK_PORTS, ISSUER, LOGIN_TIMEOUT_MS } from "../config.ts";
import { authorizationUrl } from "./authorization-url.ts";
import { requestDeviceCode, waitForDevice } from "./device-code.ts";
import type { SignInOptions } from "./login-options.ts";
import { exchange, type TokenServer } from "./tokens.ts";

/** Called with new credentials before anybody is told that the sign-in worked. */
type Keep = (credentials: Credentials) => Promise<void>;

/**
 * Signs in by whichever way succeeds first, and has the credentials kept before it says so in the browser.
 *
 * @throws AxioError as `login()`.
 */
export async function signIn(options: SignInOptions, keep: Keep): Promise<Credentials> {
  const { method = "auto", ports = CALLBACK_PORTS, originator, allowedWorkspaceIds } = options;
  const server: TokenServer & { readonly issuer: URL } = {
    issuer: assertSecureUrl(options.issuer ?? ISSUER, "The issuer"),
    fetch: options.fetch ?? defaultFetch(),
  };
  const { verifier, challenge } = await createPkce();
  const state = createState();
  return signInBy<Credentials>({
    timeoutMs: LOGIN_TIMEOUT_MS,
    ...options,
    method,
    state,
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
      const { code } = readAuthorizationResponse(params);
      return redactSecrets(await exchange({ code, verifier, redirectUri }, server, signal));
    },
    keep,
    accountOf: ({ email }) => email,
    alternativeMethod: deviceCode(server),
  });
}

/** The way by a device code. */
function deviceCode(server: TokenServer & { readonly issuer: URL }): AlternativeMethod<Credentials> {
  return async ({ signal, tell, finish }) => {
    const options = { ...server, signal };
    try {
      const device = await requestDeviceCode(options);
      const { userCode, verificationUrl, expiresAt } = device;
      tell({ type: "device-code", userCode, verificationUrl, expiresAt });
      const authorization = await waitForDevice(device, options);
      return await finish(async () => redactSecrets(await exchange(authorization, server, signal)));
    } catch (error) {
      if (AxioError.is(error, "login-denied")) throw new FatalError(error);
      if (AxioError.is(error) && error.code !== "aborted") tell({ type: "warning", error });
      throw error;
    }
  };
}
