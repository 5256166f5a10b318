import { AxioError } from "axio";
import { expect, test } from "vitest";
import { authorizedRequest } from "../src/index.ts";
import { sessionOf, TICKET, type Ticket } from "./support/responses-api.ts";

/** Sends to a service that accepts one token, and records what it was sent. */
function request(accepted: string, ticket: Ticket, error = new AxioError("unauthenticated", "Closed.")) {
  const seen: string[] = [];
  const answer = authorizedRequest({
    session: sessionOf(ticket),
    build: ({ accessToken, gate }: Ticket) => `${accessToken} ${gate}`,
    send: async (text) => {
      seen.push(text);
      return new Response(null, { status: text.startsWith(accepted) ? 200 : 401 });
    },
    readError: async () => error,
  });
  return { answer, seen };
}

test("after a 401 the request is built and sent again with refreshed credentials", async () => {
  const { answer, seen } = request("new", TICKET);
  const { response, credentials, error } = await answer;
  expect([response.status, credentials.accessToken, error]).toEqual([200, "new", undefined]);
  expect(seen).toEqual(["old west", "new west"]);
});

test("a second 401 is returned with its error", async () => {
  const { answer, seen } = request("none", TICKET);
  const { response, error } = await answer;
  expect([response.status, error?.message]).toEqual([401, "Closed."]);
  expect(seen).toHaveLength(2);
});

test("a token that expired on the way is refreshed a few times, and no more", async () => {
  const { answer, seen } = request("none", { ...TICKET, expiresAt: 1 });
  expect((await answer).response.status).toBe(401);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.length).toBeLessThanOrEqual(4);
});
