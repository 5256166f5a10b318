import { AxioError, isJsonObject, type JsonValue } from "axio";
import fc from "fast-check";
import { repetitions } from "test-support/requirements";
import { expect, test } from "vitest";
import { CodexTransport } from "../src/index.ts";
import { asking, collect, simulate, transportTo } from "./support.ts";

type Path = readonly (string | number)[];

/** Returns the paths of all values inside a value. */
function pathsOf(value: JsonValue, path: Path = []): readonly Path[] {
  const entries: readonly (readonly [string | number, JsonValue])[] = Array.isArray(value)
    ? value.map((item: JsonValue, index) => [index, item] as const)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([key, member]) => [[...path, key], ...pathsOf(member, [...path, key])]);
}

/** Returns the value with another value at a path, or without the path. */
function replaced(value: JsonValue, [key, ...rest]: Path, by: JsonValue | undefined): JsonValue {
  if (key === undefined) return by ?? null;
  const copy: Record<string | number, JsonValue> | JsonValue[] = Array.isArray(value)
    ? [...value]
    : { ...(value as object) };
  const members = copy as Record<string | number, JsonValue>;
  const member = members[key] ?? null;
  if (rest.length === 0 && by === undefined) delete members[key];
  else members[key] = replaced(member, rest, by);
  return copy as JsonValue;
}

test("any mutation of a wire event ends in a response or an AxioError", async () => {
  const simulator = await simulate();
  let body = "";
  const recording = transportTo(simulator, {
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      body = await response.clone().text();
      return response;
    },
  });
  await collect(recording.stream(asking('think Hm\nsay Hello world\ncall lookup {"q":"a needle"}')));
  const events = [...body.matchAll(/^data: ?(.*)$/gm)].map(([, data]) => JSON.parse(data ?? "") as JsonValue);
  expect(events.length).toBeGreaterThan(10);

  const mutation = fc.nat(events.length - 1).chain((place) =>
    fc.record({
      place: fc.constant(place),
      path: fc.constantFrom(...pathsOf(events[place] ?? null)),
      // Removes the member.
      by: fc.option(fc.jsonValue() as fc.Arbitrary<JsonValue>, { nil: undefined }),
    }),
  );
  const { accessToken, accountId } = simulator.issueCredentials();
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      const mutated = mutations.reduce(
        (all, { place, path, by }) => all.with(place, replaced(all[place] ?? null, path, by)),
        events,
      );
      const stream = mutated.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
      const transport = new CodexTransport({
        accessToken,
        accountId,
        model: "gpt-5.5",
        retry: { maxRetries: 0 },
        fetch: async () => new Response(stream, { headers: { "content-type": "text/event-stream" } }),
      });
      try {
        const given = await collect(transport.stream(asking("say Hi")));
        expect(given.filter(({ type }) => type === "step-end")).toHaveLength(1);
        expect(given.at(-1)?.type).toBe("step-end");
      } catch (error) {
        if (!AxioError.is(error)) throw error;
        expect(error.code).not.toBe("unexpected");
      }
    }),
    { numRuns: repetitions({ short: 100, full: 500 }) },
  );
});
