import { describe, expect, test } from "vitest";
import { ChatGPTTransport, USAGE_PAGE } from "../src/index.ts";
import { asking, bodies, collect, connection, failureOf, fullCode, simulate } from "./support.ts";

/** Each code with its status, its error, and whether it is retried. */
const CODES = [
  ["user_not_eligible", 403, "not-entitled:usage-not-included", false],
  ["usage_limit_exceeded", 429, "usage-limit", false],
  ["workplace_individual_usage_limit_exceeded", 429, "usage-limit", false],
  ["usage_unavailable", 503, "server", true],
  ["user_unavailable", 503, "server", true],
  ["unsupported_capability", 400, "unsupported-parameter", false],
  ["route_not_supported", 403, "not-found", false],
  ["invalid_user", 401, "forbidden", false],
  ["client_not_enabled", 403, "forbidden", false],
] as const;

const OTHERS = [
  ["chatpass_v2_scope_not_authorized", 403, "not-entitled:plan-use-off", false],
  ["chatpass_v2_invalid_authorization_context", 403, "forbidden", false],
  ["model_not_found", 404, "model-not-supported", false],
] as const;

const SPELLED = [
  ...CODES.flatMap(([code, ...rest]) => [
    [`subscription_sharing_${code}`, ...rest] as const,
    [`subscription_sharing_v2_${code}`, ...rest] as const,
  ]),
  ...OTHERS,
];

describe.each(SPELLED)("%s", (peerCode, status, code, isRetried) => {
  test.each([
    ["before the stream", `fail status code=${peerCode} status=${status}`],
    ["in the stream", `say Some text\nfail failed code=${peerCode}`],
    ["as an error event", `say Some text\nfail error_event code=${peerCode}`],
  ])(`%s is ${code}`, async (_when, script) => {
    const simulator = await simulate();
    const options = connection(simulator);
    const before = await options.credentials.load();
    const transport = new ChatGPTTransport({ ...options, retry: { maxRetries: 1, baseDelayMs: 1 } });
    const error = await failureOf(collect(transport.stream(asking(script))));
    expect(fullCode(error)).toBe(code);
    expect(error.details).toMatchObject({ peerCode });
    expect(bodies(simulator)).toHaveLength(isRetried ? 2 : 1);
    if (code === "usage-limit") {
      expect(error.message).toMatch(new RegExp(`^Manage usage: ${USAGE_PAGE}`));
      expect(error.details.resetsAt).toBeUndefined();
    }
    // None of these errors ends a sign-in.
    expect(await options.credentials.load()).toEqual(before);
  });
});

test.each([
  ["unauthorized", "unauthenticated"],
  ["validation_list", "invalid-request"],
  ["unsupported_country", "unsupported-country"],
])("another error before the stream (%s) is %s", async (fault, code) => {
  const simulator = await simulate();
  const transport = new ChatGPTTransport({ ...connection(simulator), retry: { maxRetries: 0 } });
  expect(await failureOf(collect(transport.stream(asking(`fail ${fault}`))))).toMatchObject({ code });
});
