import { AxioError } from "axio";
import { CredentialSession, MemoryCredentialStore } from "axio-auth";
import type { ErrorRule } from "axio-http";
import { expect, test } from "vitest";
import { authorizedRequest, type BearerCredentials } from "../src/index.ts";

/** Credentials of a shape of their own. */
interface Ticket extends BearerCredentials {
  readonly gate: string;
}

const ticket: Ticket = { accessToken: "old", refreshToken: "renew", expiresAt: 0, gate: "west" };

function sessionOf(credentials: Ticket): CredentialSession<Ticket> {
  return new CredentialSession<Ticket>({
    store: new MemoryCredentialStore(credentials),
    refresh: async (old) => {
      if (old.refreshToken === "")
        throw new AxioError("unauthenticated", "There is nothing to renew it with.");
      return { ...old, accessToken: "new" };
    },
    expiresAt: ({ expiresAt }) => expiresAt,
    version: ({ accessToken }) => accessToken,
  });
}

/** A service that takes the token `new` alone, and tells what it was sent. */
function serviceFor(session: CredentialSession<Ticket>, errorRules: readonly ErrorRule[] = []) {
  const seen: string[] = [];
  const answer = authorizedRequest({
    session,
    errorRules,
    url: new URL("https://api.example.com/v1/models"),
    headers: ({ accessToken, gate }) => ({ Authorization: `Bearer ${accessToken}`, "X-Gate": gate }),
    fetch: async (_url, init) => {
      const headers = new Headers(init?.headers);
      seen.push(`${headers.get("authorization")} ${headers.get("x-gate")}`);
      const isTaken = headers.get("authorization") === "Bearer new";
      return Response.json(isTaken ? {} : { detail: "closed" }, { status: isTaken ? 200 : 401 });
    },
  });
  return { answer, seen };
}

test("a rejected sign-in is renewed, and the request made once more, with headers made of what it holds", async () => {
  const { answer, seen } = serviceFor(sessionOf(ticket));
  expect((await answer).status).toBe(200);
  expect(seen).toEqual(["Bearer old west", "Bearer new west"]);
});

test("what cannot be renewed fails with what the service said, in the words of its own rules", async () => {
  const rule: ErrorRule = ({ status }) => new AxioError("forbidden", `The gate says ${status}.`);
  const { answer, seen } = serviceFor(sessionOf({ ...ticket, refreshToken: "" }), [rule]);
  await expect(answer).rejects.toThrow("The gate says 401.");
  expect(seen).toHaveLength(1);
});
