import type { AxioError } from "axio";
import { expect, test } from "vitest";
import { asking, failureOf, requestsTo, simulate, textOf, transportTo } from "./support.ts";

const SETTINGS = { maxOutputTokens: 500, temperature: 0.2, stop: ["END"] };

test("settings of a call are not sent, because the backend refuses them, and named once", async () => {
  const simulator = await simulate();
  const warnings: AxioError[] = [];
  using transport = transportTo(simulator, { onWarning: (warning) => warnings.push(warning) });
  for (let calls = 0; calls < 2; calls += 1)
    expect(await textOf(transport.stream(asking("say Hi.", SETTINGS)))).toBe("Hi.");
  expect(warnings.map(({ message }) => message)).toEqual([
    'The setting "maxOutputTokens" is not sent. The Codex backend does not support it. Omit it.',
    'The setting "temperature" is not sent. The Codex backend does not support it. Omit it.',
    'The setting "stop" is not sent. The Codex backend does not support it. Omit it.',
  ]);
});

test("a strict transport refuses them, before anything is sent", async () => {
  const simulator = await simulate();
  using transport = transportTo(simulator, { strict: true });
  const error = await failureOf(textOf(transport.stream(asking("say Hi.", SETTINGS))));
  expect([error.code, error.details.parameter]).toEqual(["unsupported-parameter", "maxOutputTokens"]);
  expect(requestsTo(simulator, "/responses")).toEqual([]);
});
