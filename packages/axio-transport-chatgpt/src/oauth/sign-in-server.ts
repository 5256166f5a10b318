import { AxioError } from "axio";
import { discoverServer, type ServerMetadata } from "axio-auth";
import { abortable } from "axio-auth/internal";
import { assertSecureUrl, defaultFetch, type FetchLike } from "axio-http";
import { userAgent } from "axio-transport-kit";
import { ISSUER, VERSION } from "../config.ts";
import { IdTokenVerifier } from "./id-token.ts";

/** What a {@link SignInServer} is made of. */
export interface SignInServerOptions {
  /** Who issues the tokens: https, or http on this machine only. Default `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
  readonly fetch?: FetchLike | undefined;
}

/** Says who asks: a sign-in server may turn away what does not. */
function named(fetch: FetchLike): FetchLike {
  const name = { "user-agent": userAgent(`axio-transport-chatgpt/${VERSION}`) };
  return (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...name } });
}

/** The server that people sign in at: where its endpoints are, and how its ID tokens are checked. */
export class SignInServer {
  readonly issuer: string;
  readonly fetch: FetchLike;
  readonly verifier: IdTokenVerifier;
  #metadata: Promise<ServerMetadata> | undefined;

  /** @throws AxioError `invalid-argument` for an unsafe issuer. */
  constructor({ issuer = ISSUER, fetch = defaultFetch() }: SignInServerOptions = {}) {
    assertSecureUrl(issuer, "The issuer");
    // An issuer is compared letter by letter, and the URL parser adds a slash.
    this.issuer = String(issuer).replace(/\/$/, "");
    this.fetch = named(fetch);
    this.verifier = new IdTokenVerifier({
      issuer: this.issuer,
      fetch: this.fetch,
      jwksUri: async () => (await this.metadata()).jwksUri,
    });
  }

  /**
   * Where its endpoints are. Asked once; after a failure, again.
   *
   * @throws AxioError as `discoverServer`.
   */
  metadata(signal?: AbortSignal): Promise<ServerMetadata> {
    this.#metadata ??= discoverServer({ issuer: this.issuer, fetch: this.fetch }).catch((error: unknown) => {
      this.#metadata = undefined;
      throw error;
    });
    return abortable(this.#metadata, signal);
  }

  /**
   * Makes sure that a registration is one with this server: its tokens go nowhere else.
   *
   * @throws AxioError `invalid-argument`.
   */
  assertOwn(registration: { readonly issuer: string } | undefined): void {
    if (registration === undefined || registration.issuer === this.issuer) return;
    throw new AxioError(
      "invalid-argument",
      `The sign-in that is kept here is with ${registration.issuer}, and not with ${this.issuer}. Choose another profile or store for this server.`,
    );
  }
}
