import { AxioError } from "axio";
import { globalFetch } from "axio-http/internal";
import { callbackSession } from "axio-transport-kit";
import { BackendTransport } from "./backend-transport.ts";
import { accountInfo, type Credentials } from "./credentials.ts";
import { type CodexTransportOptions, refusePlatformKey } from "./options.ts";

/** A valid access token. */
export interface EdgeCredentials {
  readonly accessToken: string;
  /** The ChatGPT account (workspace). Default: the one that the access token names. */
  readonly accountId?: string | undefined;
}

/** The options of the transport for edge runtimes. */
export interface EdgeTransportOptions
  extends Omit<
    CodexTransportOptions,
    | "credentials"
    | "accessToken"
    | "apiKey"
    | "refreshToken"
    | "expiresAt"
    | "accountId"
    | "issuer"
    | "transport"
    | "compression"
    | "onAuthRefresh"
  > {
  /** Returns a valid access token: before each request, and again after a 401. Who refreshes it is up to the function. */
  readonly credentials: () => EdgeCredentials | Promise<EdgeCredentials>;
}

/**
 * The transport to the backend of the Codex CLI for edge runtimes: it imports no module of Node.js, stores nothing and
 * refreshes nothing. The backend does not answer web pages of other sites, so a browser needs a gateway.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { CodexTransport, type EdgeCredentials } from "axio-transport-codex/edge";
 *
 * declare function readToken(): Promise<EdgeCredentials>; // from a database that a server keeps up to date
 * const agent = new Agent({ transport: new CodexTransport({ credentials: readToken }) });
 * ```
 */
export class CodexTransport extends BackendTransport {
  /** @throws AxioError `invalid-argument` for unknown or invalid options; `unsupported-parameter` with `strict`. */
  constructor({ credentials, ...options }: EdgeTransportOptions) {
    if (typeof credentials !== "function")
      throw new AxioError(
        "invalid-argument",
        "credentials is not a function. Pass one that returns an access token.",
      );
    super({ fetch: globalFetch, ...options }, () =>
      callbackSession(async () => completed(await credentials())),
    );
  }
}

/** @throws AxioError `invalid-argument` for an API key, and for a token that names no account. */
function completed({
  accessToken,
  accountId = accountInfo(accessToken).accountId,
}: EdgeCredentials): Credentials {
  refusePlatformKey(accessToken);
  if (accountId === undefined)
    throw new AxioError(
      "invalid-argument",
      "The accessToken names no ChatGPT account. Return its accountId.",
    );
  return { accessToken, refreshToken: "", expiresAt: 0, accountId };
}
