/** Why a request is refused before its key is read. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly message: string;
}

/** Which requests belong to this server. */
export interface OwnNames {
  /** The values of `Host` that name this server, in lower case: `"127.0.0.1:4000"`. */
  readonly hosts: ReadonlySet<string>;
  /** The origins of web pages that may send requests: `"http://localhost:3000"`. */
  readonly origins: ReadonlySet<string>;
}

/**
 * Refuses requests that a web page could make a browser send: those for another host (DNS rebinding) and those from another
 * origin.
 *
 * @returns `undefined` for a request that is accepted.
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function refuseForeign(headers: Headers, { hosts, origins }: OwnNames): Refusal | undefined {
  const host = headers.get("host")?.toLowerCase() ?? "";
  if (!hosts.has(host))
    return {
      status: 421,
      message: `This server is not ${JSON.stringify(host)}. Use one of: ${[...hosts].join(", ")}. Other names are set with --host-name.`,
    };
  const origin = headers.get("origin");
  if (origin !== null && !origins.has(origin))
    return {
      status: 403,
      message: `Web pages of ${JSON.stringify(origin)} may not use this server. Allow them with --origin.`,
    };
  const site = headers.get("sec-fetch-site");
  if (origin === null && site === "cross-site")
    return { status: 403, message: "A web page of another site may not use this server." };
  return undefined;
}

/** Returns the values of `Host` of a server that listens on loopback. */
export function loopbackHosts(port: number): readonly string[] {
  // Clients leave out the default port.
  const suffix = port === 80 ? "" : `:${port}`;
  return ["127.0.0.1", "localhost", "[::1]"].map((name) => name + suffix);
}
