import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Simulator } from "axio-simulator";
import { expect, onTestFinished, test } from "vitest";
import { createMachine } from "./cli/support.ts";
import { asking, collect, connection, failureOf, simulate, transportTo } from "./support.ts";

const NAMES = ["axio:request", "axio:first-event", "axio:retry", "axio:refresh", "axio:end"];

interface Told {
  readonly name: string;
  readonly message: Readonly<Record<string, unknown>>;
}

function listen(): readonly Told[] {
  const told: Told[] = [];
  const listeners = NAMES.map((name) => {
    const listener = (message: unknown): void => {
      told.push({ name, message: message as Told["message"] });
    };
    subscribe(name, listener);
    return () => unsubscribe(name, listener);
  });
  onTestFinished(() => {
    for (const stop of listeners) stop();
  });
  return told;
}

function namesOf(told: readonly Told[]): readonly string[] {
  return told.map(({ name }) => name.replace("axio:", ""));
}

test("a call publishes its requests, first events, retries and end", async () => {
  const simulator = await simulate();
  const told = listen();
  simulator.faults.add("overloaded");
  simulator.faults.add({ name: "eof", at: "text" });
  await collect(transportTo(simulator).stream(asking("say Hello world", { conversationId: "c1" })));
  expect(namesOf(told)).toEqual([
    ..."request retry request first-event retry request first-event end".split(" "),
  ]);
  expect(told.map(({ message }) => message)).toMatchObject([
    { attempt: 1, model: "gpt-5.5", url: `${simulator.baseUrl}/responses`, conversationId: "c1" },
    { attempt: 1, code: "overloaded" },
    { attempt: 2 },
    { attempt: 2 },
    { attempt: 2, code: "stream-truncated" },
    { attempt: 3 },
    { attempt: 3 },
    { attempts: 3, stopReason: "end", usage: { inputTokens: expect.any(Number) } },
  ]);
  expect(new Set(told.map(({ message }) => message["call"])).size).toBe(1);
  const [last] = told.slice(-1);
  expect(last?.message["elapsedMs"]).toBeGreaterThan(0);
  expect(last?.message["code"]).toBeUndefined();
});

test.each([
  [
    "fails",
    "server",
    async (simulator: Simulator) => {
      simulator.faults.add("server_error");
      await failureOf(collect(transportTo(simulator, { retry: { maxRetries: 0 } }).stream(asking("say Hi"))));
    },
  ],
  [
    "is left",
    "aborted",
    async (simulator: Simulator) => {
      for await (const event of transportTo(simulator).stream(asking("say Hello\nfail stall at=text"))) {
        if (event.type === "text-delta") break;
      }
    },
  ],
] as const)("a call that %s publishes one end", async (_how, code, run) => {
  const simulator = await simulate();
  const told = listen();
  await run(simulator);
  const ends = told.filter(({ name }) => name === "axio:end");
  expect(ends.map(({ message }) => message["code"])).toEqual([code]);
});

test("a refresh is published, a failed one with its code, and no token", async () => {
  const simulator = await simulate();
  const told = listen();
  const tokens = simulator.issueCredentials({ lifetimeSeconds: -10 });
  await collect(transportTo(simulator, connection(simulator, tokens)).stream(asking("say Hi")));
  simulator.faults.add("refresh_token_expired", { target: "token" });
  const others = simulator.issueCredentials({ lifetimeSeconds: -10 });
  await failureOf(collect(transportTo(simulator, connection(simulator, others)).stream(asking("say Hi"))));
  const refreshes = told.filter(({ name }) => name === "axio:refresh");
  expect(refreshes.map(({ message }) => message["code"])).toEqual([undefined, "refresh-token-expired"]);
  const everything = JSON.stringify(told);
  for (const token of [tokens.accessToken, tokens.refreshToken, others.accessToken]) {
    expect(everything).not.toContain(token.slice(-20));
  }
});

test("DEBUG=axio:* prints the messages on stderr", async () => {
  const simulator = await simulate();
  await using machine = await createMachine();
  await machine.signIn(simulator);
  const address = ["--base-url", simulator.baseUrl, "--issuer", simulator.issuer, "--model", "gpt-5.5"];
  const ask = (debug: string) => machine.run(["ask", "say Hello", ...address], { env: { DEBUG: debug } });
  const run = await ask("other,axio:*,-axio:first-event");
  expect(run.stdout.trim()).toBe("Hello");
  expect(run.stderr).toMatch(/^axio:request call=\d+ attempt=1 model=gpt-5\.5 /m);
  expect(run.stderr).toMatch(/^axio:end .*stopReason=end/m);
  expect(run.stderr).not.toContain("axio:first-event");
  expect((await ask("other")).stderr).not.toContain("axio:");
});
