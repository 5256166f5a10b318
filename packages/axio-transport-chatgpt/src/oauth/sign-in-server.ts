import { AxioError } from "axio";
import { discoverServer, type ServerMetadata } from "axio-auth";
import { assertSecureUrl, defaultFetch, type FetchLike } from "axio-http";
import { abortable } from "axio-http/internal";
import { userAgent } from "axio-transport-kit";
import { ISSUER, VERSION } from "../config.ts";
import { IdTokenVerifier } from "./id-token.ts";

/** Options of {@link SignInServer}. */
export interface SignInServerOptions {
  /** The token issuer: https, or http on a loopback address. Default: `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
  readonly fetch?: FetchLike | undefined;
}

/** The sign-in server: its endpoints, and the verification of its ID tokens. */
export class SignInServer {
  readonly issuer: string;
  readonly fetch: FetchLike;
  readonly verifier: IdTokenVerifier;
  #metadata: Promise<ServerMetadata> | undefined;

  /** @throws AxioError `invalid-argument` for an insecure issuer. */
  constructor({ issuer = ISSUER, fetch = defaultFetch() }: SignInServerOptions = {}) {
    assertSecureUrl(issuer, "The issuer");
    // Issuers are compared as text, and the URL parser adds a slash.
    this.issuer = String(issuer).replace(/\/$/, "");
    this.fetch = withUserAgent(fetch);
    this.verifier = new IdTokenVerifier({
      issuer: this.issuer,
      fetch: this.fetch,
      jwksUri: async () => (await this.metadata()).jwksUri,
    });
  }

  /**
   * Returns the endpoints. They are fetched once, and again after a failure.
   *
   * @throws AxioError like `discoverServer`.
   */
  metadata(signal?: AbortSignal): Promise<ServerMetadata> {
    this.#metadata ??= discoverServer({ issuer: this.issuer, fetch: this.fetch }).catch((error: unknown) => {
      this.#metadata = undefined;
      throw error;
    });
    return abortable(this.#metadata, signal);
  }

  /**
   * Asserts that a registration belongs to this server, because its tokens must not be sent to another one.
   *
   * @throws AxioError `invalid-argument`.
   */
  assertOwn(registration: { readonly issuer: string } | undefined): void {
    if (registration === undefined || registration.issuer === this.issuer) return;
    throw new AxioError(
      "invalid-argument",
      `The stored sign-in is from ${registration.issuer}, not from ${this.issuer}. Choose another profile or store for this server.`,
    );
  }
}

/** Identifies the client: sign-in servers may reject requests without a user agent. */
function withUserAgent(fetch: FetchLike): FetchLike {
  const headers = { "user-agent": userAgent(`axio-transport-chatgpt/${VERSION}`) };
  return (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...headers } });
}
