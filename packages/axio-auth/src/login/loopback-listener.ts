import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AxioError, throwIfAborted } from "axio";
import { errorCode } from "axio/internal";
import { delay } from "axio-http/internal";

/** The servers on one port of this machine. */
export interface LoopbackListener {
  readonly port: number;
  /** Stops listening and closes every connection, including idle ones of a browser. */
  close(): Promise<void>;
}

/** Options of {@link listenOnLoopback}. */
export interface LoopbackOptions {
  /** The ports to try, in order; 0 is any free port. */
  readonly ports: readonly number[];
  /** Whether to listen on `::1` too: a browser may resolve `localhost` to it. */
  readonly ipv6: boolean;
  readonly handler: RequestListener;
  readonly signal?: AbortSignal | undefined;
}

const ATTEMPTS = 10;
const ATTEMPT_WAIT_MS = 200;
const LEAVE_TIMEOUT_MS = 2_000;

/** Codes for a port that is in use, reserved by the system, or forbidden. */
const UNAVAILABLE: ReadonlySet<string | undefined> = new Set(["EADDRINUSE", "EACCES", "EPERM"]);
/** Codes for a machine without IPv6. */
const NO_IPV6: ReadonlySet<string | undefined> = new Set([
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EINVAL",
  "ENOTSUP",
  "EPROTONOSUPPORT",
]);

/**
 * Listens on 127.0.0.1, and on `::1` if asked, on the first available port. If the first port is in use, asks the program
 * that uses it once to free it (`GET /cancel`, which sign-in programs of this kind understand).
 *
 * @throws AxioError `callback-port-in-use`, `aborted`.
 */
export async function listenOnLoopback(options: LoopbackOptions): Promise<LoopbackListener> {
  const { ports, signal } = options;
  let cause: unknown;
  for (const [index, port] of ports.entries()) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      throwIfAborted(signal);
      try {
        return await listen(port, options);
      } catch (error) {
        cause = error;
        if (!UNAVAILABLE.has(errorCode(error))) throw portInUse(ports, error);
        // A port that the system reserves does not become free.
        if (errorCode(error) !== "EADDRINUSE") break;
      }
      if (index === 0 && attempt === 1) await askToLeave(port, signal);
      await delay(ATTEMPT_WAIT_MS, signal);
    }
  }
  throw portInUse(ports, cause);
}

function portInUse(ports: readonly number[], cause: unknown): AxioError {
  return new AxioError(
    "callback-port-in-use",
    `The browser cannot return to this program: port ${ports.join(" and ")} cannot be used (${errorCode(cause)}). ` +
      "Stop the other sign-in that uses it, or sign in with a device code or by pasting the address.",
    { cause },
  );
}

async function listen(port: number, { ipv6, handler }: LoopbackOptions): Promise<LoopbackListener> {
  const first = await bind("127.0.0.1", port, handler);
  const servers = [first];
  const bound = (first.address() as AddressInfo).port;
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closeServer));
  };
  if (ipv6) {
    try {
      servers.push(await bind("::1", bound, handler));
    } catch (error) {
      // Another program on ::1 would receive our callback.
      if (!NO_IPV6.has(errorCode(error))) {
        await close();
        throw error;
      }
    }
  }
  return { port: bound, close };
}

async function bind(host: string, port: number, handler: RequestListener): Promise<Server> {
  // Needed for signing in only.
  const { createServer } = await import("node:http");
  return new Promise((resolve, reject) => {
    const server = createServer(
      { headersTimeout: 10_000, requestTimeout: 10_000, maxHeaderSize: 32 * 1024 },
      handler,
    );
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      // Later errors concern one connection only.
      server.on("error", () => {});
      resolve(server);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Asks a forgotten sign-in program to free the port. The result does not matter: the caller tries the port again. */
async function askToLeave(port: number, signal: AbortSignal | undefined): Promise<void> {
  const { request } = await import("node:http");
  return new Promise((resolve) => {
    const headers = { host: `127.0.0.1:${port}`, connection: "close" };
    const asking = request(
      {
        host: "127.0.0.1",
        port,
        path: "/cancel",
        method: "GET",
        headers,
        agent: false,
        timeout: LEAVE_TIMEOUT_MS,
        signal,
      },
      (response) => response.resume(),
    );
    // The timeout of `request` is an idle timeout.
    const timer = setTimeout(() => asking.destroy(), LEAVE_TIMEOUT_MS);
    asking.on("timeout", () => asking.destroy());
    asking.on("error", () => {});
    asking.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
    asking.end();
  });
}
