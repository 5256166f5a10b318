import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { AxioError, type JsonObject } from "axio";
import type { ServerCredentials } from "./token-store.ts";

/** A sign-in that the user has started. */
export interface InteractiveSignIn {
  readonly redirectUri: string;
  readonly state: string;
  /** Opens the address in the browser. */
  readonly open: (url: URL) => Promise<void>;
}

/** Where the credentials of servers are. */
export interface ServerCredentialStore {
  load(url: string): Promise<ServerCredentials>;
  /** Replaces the given members; `undefined` removes one. */
  save(url: string, change: ServerCredentials): Promise<void>;
}

/**
 * Gives the SDK the stored credentials of a server. Without a sign-in that the user has started, it refreshes tokens, but never
 * registers a client or opens a browser.
 */
export class McpOAuthProvider implements OAuthClientProvider {
  readonly #url: string;
  readonly #store: ServerCredentialStore;
  readonly #signIn: InteractiveSignIn | undefined;
  #client: StoredOAuthClientInformation | undefined;
  #codeVerifier = "";
  #discovery: OAuthDiscoveryState | undefined;

  constructor(url: string, store: ServerCredentialStore, signIn?: InteractiveSignIn) {
    this.#url = url;
    this.#store = store;
    this.#signIn = signIn;
  }

  get redirectUrl(): string {
    return this.#signIn?.redirectUri ?? "http://127.0.0.1/callback";
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: "axio",
      redirect_uris: [this.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }

  state(): string {
    return this.#signIn?.state ?? "";
  }

  async clientInformation(): Promise<StoredOAuthClientInformation | undefined> {
    // Each sign-in registers itself, because its callback has another port.
    if (this.#signIn !== undefined) return this.#client;
    const { client } = await this.#store.load(this.#url);
    if (client === undefined) throw needsSignIn();
    return client as unknown as StoredOAuthClientInformation;
  }

  async saveClientInformation(client: StoredOAuthClientInformation): Promise<void> {
    this.#client = client;
  }

  async tokens(): Promise<StoredOAuthTokens | undefined> {
    if (this.#signIn !== undefined) return undefined;
    return (await this.#store.load(this.#url)).tokens as unknown as StoredOAuthTokens | undefined;
  }

  async saveTokens(tokens: StoredOAuthTokens): Promise<void> {
    const client = this.#client;
    await this.#store.save(this.#url, {
      tokens: tokens as unknown as JsonObject,
      ...(client !== undefined && { client: client as unknown as JsonObject }),
    });
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    if (this.#signIn === undefined) throw needsSignIn();
    await this.#signIn.open(url);
  }

  saveCodeVerifier(codeVerifier: string): void {
    this.#codeVerifier = codeVerifier;
  }

  codeVerifier(): string {
    return this.#codeVerifier;
  }

  /** Binds the callback to the authorization server that the sign-in began with. */
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }

  async invalidateCredentials(scope: "all" | "client" | "tokens" | "verifier" | "discovery"): Promise<void> {
    if (scope === "all" || scope === "discovery") this.#discovery = undefined;
    if (scope === "all") await this.#store.save(this.#url, { client: undefined, tokens: undefined });
    else if (scope === "client") await this.#store.save(this.#url, { client: undefined });
    else if (scope === "tokens") await this.#store.save(this.#url, { tokens: undefined });
  }
}

/** The error of a server to which the user has to sign in. */
export function needsSignIn(): AxioError {
  return new AxioError("unauthenticated", "The MCP server needs a sign-in. Sign in to it, then try again.");
}
