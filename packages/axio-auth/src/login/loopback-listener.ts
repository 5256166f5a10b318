import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AxioError, throwIfAborted } from "axio";
import { delay } from "axio-http";

/** Servers on one port of this machine. */
export interface LoopbackListener {
  readonly port: number;
  /** Stops listening and cuts every connection, also those that a browser keeps in reserve. */
  close(): Promise<void>;
}

/** Options of {@link listenOnLoopback}. */
export interface LoopbackOptions {
  /** Ports to try in turn; 0 is any free one. */
  readonly ports: readonly number[];
  /** Listen on `::1` too, for a browser that takes `localhost` for it. */
  readonly ipv6: boolean;
  readonly handler: RequestListener;
  readonly signal?: AbortSignal | undefined;
}

const ATTEMPTS = 10;
const ATTEMPT_WAIT_MS = 200;
const LEAVE_TIMEOUT_MS = 2_000;

/** Codes that mean that the port cannot be had: in use, reserved by the system, or not ours to take. */
const TAKEN = new Set(["EADDRINUSE", "EACCES", "EPERM"]);
/** Codes that mean that this machine has no IPv6. */
const NO_IPV6 = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL", "ENOTSUP", "EPROTONOSUPPORT"]);

/**
 * Listens on 127.0.0.1 and, where there is one, on ::1, on the first of the ports that can be had. Where the first is
 * taken, whoever listens there is asked once to leave (`GET /cancel`, as sign-in programs of this kind understand).
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
        if (!TAKEN.has(codeOf(error))) throw portInUse(ports, error);
        // A port that the system reserves does not become free.
        if (codeOf(error) !== "EADDRINUSE") break;
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
    `The browser cannot come back to this program: port ${ports.join(" and ")} cannot be used (${codeOf(cause)}). ` +
      "End the other sign-in that holds it, or sign in by device code or by pasting the address.",
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
      // Whoever has ::1 on this port would get what is meant for us.
      if (!NO_IPV6.has(codeOf(error))) {
        await close();
        throw error;
      }
    }
  }
  return { port: bound, close };
}

async function bind(host: string, port: number, handler: RequestListener): Promise<Server> {
  // Loaded with the first sign-in: whoever is signed in has no use for it.
  const { createServer } = await import("node:http");
  return new Promise((resolve, reject) => {
    const server = createServer(
      { headersTimeout: 10_000, requestTimeout: 10_000, maxHeaderSize: 32 * 1024 },
      handler,
    );
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      // After this, an error is one of a connection; it concerns nobody but that one.
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

/** Asks a forgotten sign-in program to end. Whatever comes of it, the next step is to try the port again. */
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
    // The time limit of `request` counts silence only.
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

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
