import { inspect } from "node:util";
import { isJsonObject } from "axio";
import { expect, vi } from "vitest";

/** The members of requests and responses that are secret. */
const SECRET_MEMBERS = [
  "access_token",
  "refresh_token",
  "id_token",
  "token",
  "code",
  "code_verifier",
  "authorization_code",
  "device_auth_id",
];

/** Reads every request and response and collects their secrets. */
export interface SecretWitness {
  readonly secrets: ReadonlySet<string>;
  readonly fetch: typeof fetch;
  /** Adds secrets that were never sent, such as stored tokens. */
  add(...secrets: readonly string[]): void;
  /** Fails if a value contains a secret in any representation. */
  expectNone(what: string, ...shown: readonly unknown[]): void;
}

/** Replaces the global `fetch` with a witness until `vi.unstubAllGlobals()` and `vi.unstubAllEnvs()`. */
export function watchFetch(): SecretWitness {
  const secrets = new Set<string>();
  const add = (...values: readonly unknown[]): void => {
    for (const value of values) if (typeof value === "string" && value.length >= 8) secrets.add(value);
  };
  const addMembers = (value: unknown): void => {
    // An error's code is not a secret.
    if (isJsonObject(value)) add(...SECRET_MEMBERS.map((name) => value[name]));
  };
  const realFetch = globalThis.fetch;
  // With any of these, the global `fetch` is not used.
  for (const name of ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"])
    for (const variable of [name, name.toLowerCase()]) vi.stubEnv(variable, "");
  vi.stubEnv("SSL_CERT_FILE", "");
  const witness: SecretWitness = {
    secrets,
    add,
    fetch: async (input, init) => {
      add(new Headers(init?.headers).get("authorization")?.replace(/^Bearer /, ""));
      const body = typeof init?.body === "string" ? init.body : "";
      if (body.startsWith("{")) addMembers(parse(body));
      else addMembers(Object.fromEntries(new URLSearchParams(body)));
      const answer = await realFetch(input, init);
      if (answer.ok && /\/(?:token|usercode)$/.test(String(input)))
        addMembers(parse(await answer.clone().text()));
      return answer;
    },
    expectNone(what, ...shown) {
      const texts = shown.flatMap(everyView);
      for (const secret of secrets) {
        const found = texts.find((text) => text.includes(secret));
        if (found === undefined) continue;
        const at = found.indexOf(secret);
        expect.fail(`${what} shows a secret: ${found.slice(Math.max(0, at - 120), at + 20)}…`);
      }
    },
  };
  vi.stubGlobal("fetch", witness.fetch);
  return witness;
}

/** Returns everything that a log, a crash or `console.log` would print of a value. */
export function everyView(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  const options = { depth: Number.POSITIVE_INFINITY, maxStringLength: null, maxArrayLength: null };
  const views = [inspect(value, options), inspect(value, { ...options, showHidden: true, getters: true })];
  if (!(value instanceof Error)) return views;
  return [
    ...views,
    `${value}`,
    value.stack ?? "",
    JSON.stringify(value),
    ...(value.cause === undefined ? [] : everyView(value.cause)),
  ];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
