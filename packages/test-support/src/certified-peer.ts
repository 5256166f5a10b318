import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

/** A local authorization server that is certified for OpenID Connect. */
export interface CertifiedPeer {
  readonly issuer: string;
  readonly clientId: string;
  close(): Promise<void>;
}

/** Options of a certified peer. */
export interface CertifiedPeerOptions {
  /** Default: `axio-test`. */
  readonly clientId?: string;
  /** A resource (RFC 8707) and its scopes. Default: none. */
  readonly resource?: { readonly scope: string };
}

/** Starts a server that requires PKCE, rotates refresh tokens, and knows one public client. */
export async function startCertifiedPeer(
  redirectUri: string,
  { clientId = "axio-test", resource }: CertifiedPeerOptions = {},
): Promise<CertifiedPeer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    cookies: { keys: ["a key for tests"] },
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      ...(resource === undefined
        ? {}
        : {
            resourceIndicators: {
              enabled: true,
              useGrantedResource: () => true,
              getResourceServerInfo: () => ({ scope: resource.scope, accessTokenFormat: "jwt" as const }),
            },
          }),
    },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    ttl: {
      AuthorizationCode: 60,
      AccessToken: 3600,
      RefreshToken: 86_400,
      Interaction: 600,
      Session: 600,
      Grant: 86_400,
      IdToken: 3600,
    },
  });
  server.on("request", provider.callback());
  return { issuer, clientId, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Signs in like a browser. Returns the response of the callback server. */
export async function browse(start: string, options: { deny?: boolean } = {}): Promise<Response> {
  return fetch(await browseToCallback(start, options));
}

/**
 * Goes through the pages: follows redirects, keeps cookies, and submits or cancels the forms.
 *
 * @returns The URL of the callback, which is not requested.
 */
export async function browseToCallback(
  start: string,
  { deny = false }: { deny?: boolean } = {},
): Promise<string> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step += 1) {
    if (url.pathname === "/auth/callback") return url.href;
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
      ...(form ? { method: "POST", body: form } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    form = undefined;
    if (location) {
      url = new URL(location, url);
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    if (!action) throw new Error(`No form at ${url.pathname}: ${response.status} ${page.slice(0, 500)}`);
    url = new URL(action, url);
    if (deny) url = new URL(`${url.pathname}/abort`, url);
    else form = fillIn(page);
  }
  throw new Error("The pages do not lead to the callback.");
}

function fillIn(page: string): URLSearchParams {
  const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1] ?? "";
  return new URLSearchParams({ prompt, login: "dev@example.test", password: "any" });
}
