import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** An authorization server with one sign-in, whose refresh token changes with each refresh. */
export interface TokenServer {
  readonly port: number;
  /** The requests so far. */
  readonly requests: number;
  /** Those with a refresh token that was used before. They do not end the sign-in. */
  readonly reused: number;
  /** The most requests that were open at once. */
  readonly atOnce: number;
  /** Keeps responses back from now on. The tokens change at the request. Returns how to send the responses. */
  hold(): () => void;
}

/** The access and the refresh token of a number. */
export const tokenOf = (number: number): string => `token-${number}`;

/** Starts a server at all addresses of this machine, until the end of the test. The first token is `token-1`. */
export async function startTokenServer(): Promise<TokenServer> {
  let [number, requests, reused, open, atOnce] = [1, 0, 0, 0, 0];
  let held: Promise<void> = Promise.resolve();
  const server = createServer(async (request, response) => {
    requests += 1;
    open += 1;
    atOnce = Math.max(atOnce, open);
    response.on("close", () => {
      open -= 1;
    });
    const used = new URLSearchParams(await text(request)).get("refresh_token");
    const isCurrent = used === tokenOf(number);
    if (isCurrent) number += 1;
    else reused += 1;
    const token = tokenOf(number);
    await held;
    response.setHeader("content-type", "application/json");
    response.setHeader("connection", "close");
    if (isCurrent)
      response.end(JSON.stringify({ access_token: token, refresh_token: token, token_type: "bearer" }));
    else response.writeHead(400).end(JSON.stringify({ error: { code: "refresh_token_reused" } }));
  });
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests;
    },
    get reused() {
      return reused;
    },
    get atOnce() {
      return atOnce;
    },
    hold() {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}
