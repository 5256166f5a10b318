import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FAULTS, type Simulator, startSimulator } from "../src/index.ts";
import { eventsOf, itemsOf, post, type ReceivedEvent, responsesBody, textOf, user } from "./client.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const script = 'think hm\nsay Grüße an die 世界 👋\ncall read {"path":"a"}';

function ask(fault: string): Promise<Response> {
  return post(simulator, responsesBody([user(`${script}\nfail ${fault}`)]));
}

const byKind = (kind: string): string[] =>
  [...FAULTS.values()].filter(({ effect }) => effect.kind === kind).map(({ name }) => name);

test("there are more than sixty, each with its own name and a summary", () => {
  expect(FAULTS.size).toBeGreaterThan(60);
  for (const { summary } of FAULTS.values()) expect(summary).not.toBe("");
});

describe("replies that replace the stream", () => {
  const silent = ["reset_before_headers", "close_before_headers", "stall_before_headers"];

  test.each(byKind("reply").filter((name) => !silent.includes(name) && name !== "truncated_body"))(
    "%s is a complete answer and no stream of events",
    async (name) => {
      const answer = await fetchManually(name);
      expect(await answer.text()).not.toContain("response.created");
      if (answer.status < 300) return;
      expect(answer.status).toBeGreaterThanOrEqual(302);
    },
  );

  function fetchManually(name: string): Promise<Response> {
    return post(simulator, responsesBody([user(`${script}\nfail ${name}`)]), {}, undefined, "manual");
  }

  test.each(["reset_before_headers", "close_before_headers"])(
    "%s leaves the client without one",
    async (name) => {
      await expect(ask(name)).rejects.toThrow();
    },
  );

  test("truncated_body fails while it is read", async () => {
    const answer = await ask("truncated_body");
    await expect(answer.text()).rejects.toThrow();
  });

  test("stall_before_headers sends nothing until the client gives up", async () => {
    const giveUp = new AbortController();
    const asked = post(
      simulator,
      responsesBody([user("say x\nfail stall_before_headers")]),
      {},
      giveUp.signal,
    );
    const first = await Promise.race([asked.then(() => "answer"), sleep(200).then(() => "nothing")]);
    giveUp.abort();
    await expect(asked).rejects.toThrow();
    expect(first).toBe("nothing");
  });
});

describe("framings", () => {
  test.each(byKind("framing"))("%s is valid, and no event is lost", async (name) => {
    const events = readByTheStandard(await (await ask(name)).text());
    expect(textOf(events)).toBe("Grüße an die 世界 👋");
    expect(events.at(-1)?.type).toBe("response.completed");
  });

  /** A minimal parser of event streams. It accepts an event without its blank line. */
  function readByTheStandard(text: string): ReceivedEvent[] {
    const blocks = text.replace(/^\uFEFF/, "").split(/\r\n\r\n|\n\n|\r\r/);
    const data = blocks.map((block) =>
      block
        .split(/\r\n|\n|\r/)
        .flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? [])
        .join("\n"),
    );
    return data.filter((value) => value !== "").map((value) => JSON.parse(value) as ReceivedEvent);
  }

  test.each(["byte_by_byte", "uneven_chunks"])("%s ends chunks inside characters", async (name) => {
    const answer = await ask(name);
    let halves = 0;
    for await (const chunk of answer.body ?? []) {
      if (Buffer.from(chunk).toString().includes("\uFFFD")) halves += 1;
    }
    expect(halves).toBeGreaterThan(0);
  });
});

describe("errors inside a stream", () => {
  test.each(byKind("frames").filter((name) => /^(failed|incomplete|cancelled|error_event)/.test(name)))(
    "%s ends the stream without response.completed",
    async (name) => {
      const events = await eventsOf(await ask(name));
      expect(events.map(({ type }) => type)).not.toContain("response.completed");
      expect(events.at(-1)?.type).toMatch(/^(response\.(failed|incomplete|cancelled)|error)$/);
    },
  );

  test("parameters choose the code and the text", async () => {
    const events = await eventsOf(
      await ask('failed code=rate_limit_exceeded message="Please try again in 2s."'),
    );
    expect(events.at(-1)).toMatchObject({
      response: { error: { code: "rate_limit_exceeded", message: "Please try again in 2s." } },
    });
  });
});

describe("the place of a fault", () => {
  test.each([
    ["before", []],
    ["created", ["response.created", "response.in_progress"]],
    ["text", ["response.output_text.delta"]],
    ["arguments", ["response.function_call_arguments.delta"]],
    ["after-call", ["response.function_call_arguments.done", "response.output_item.done"]],
  ])("eof at=%s", async (at, tail) => {
    const events = await eventsOf(await ask(`eof at=${at}`));
    expect(events.map(({ type }) => type).slice(-2)).toEqual(
      tail.length === 1 ? [expect.any(String), ...tail] : tail,
    );
  });

  test("a reset cuts the body, a stall leaves it open", async () => {
    await expect((await ask("reset at=text")).text()).rejects.toThrow();
    const giveUp = new AbortController();
    const answer = await post(
      simulator,
      responsesBody([user("say x\nfail stall at=end")]),
      {},
      giveUp.signal,
    );
    const reading = answer.text();
    expect(await Promise.race([reading.then(() => "ended"), sleep(200).then(() => "open")])).toBe("open");
    giveUp.abort();
    await expect(reading).rejects.toThrow();
  });
});

describe("shapes", () => {
  test.each([
    "keepalive",
    "unknown_event",
    "metadata_first",
    "done_marker",
    "empty_output",
    "no_usage",
    "sparse_response",
    "duplicate_completed",
    "huge_event",
    "no_indexes",
  ])("%s still has the whole response", async (name) => {
    const text = await (await ask(name)).text();
    const lines = text.split("\n").filter((line) => line.startsWith("data: {"));
    const events = lines.map((line) => JSON.parse(line.slice(6)) as { type: string });
    expect(textOf(events as never)).toBe("Grüße an die 世界 👋");
  });

  test("minimal has only the finished items", async () => {
    const events = await eventsOf(await ask("minimal"));
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(["response.created", "response.output_item.done", "response.completed"]),
    );
    expect(itemsOf(events)).toHaveLength(3);
  });

  test("interleaved keeps the order in each item", async () => {
    const events = await eventsOf(await ask("interleaved"));
    const indexes = events.map((event) => event["output_index"]).filter((index) => index !== undefined);
    expect(indexes.slice(0, 3)).toEqual([0, 1, 2]);
    expect(textOf(events)).toBe("Grüße an die 世界 👋");
  });

  test("malformed_arguments are not JSON", async () => {
    const call = itemsOf(await eventsOf(await ask("malformed_arguments"))).at(-1);
    expect(() => JSON.parse(String(call?.["arguments"]))).toThrow();
  });
});

describe("the choice of a fault", () => {
  const body = (key: string): unknown => responsesBody([user("say hi")], { prompt_cache_key: key });

  test("by directive, for the attempts it names", async () => {
    const scripted = responsesBody([user("say hi\nfail overloaded attempts=1,2")], {
      prompt_cache_key: "attempts",
    });
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const answer = await post(simulator, scripted);
      statuses.push(answer.status);
      await answer.text();
    }
    expect(statuses).toEqual([503, 503, 200]);
  });

  test("by header, several at once", async () => {
    const answer = await post(simulator, body("header"), {
      "x-simulator-fault": "crlf; failed:slow_down at=text",
    });
    const text = await answer.text();
    expect(text).toContain("\r\n");
    expect(text).toContain('"slow_down"');
  });

  test("by queue, for a number of requests", async () => {
    simulator.faults.add("server_error", { times: 2 });
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await post(simulator, body("queue"));
      statuses.push(answer.status);
      await answer.text();
    }
    expect(statuses).toEqual([500, 500, 200]);
    expect(simulator.faults.size).toBe(0);
  });

  test("an unknown name is an error", async () => {
    const answer = await post(simulator, body("unknown"), { "x-simulator-fault": "hologram" });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("no fault")]);
    const point = await post(simulator, body("unknown"), { "x-simulator-fault": "eof at=noon" });
    expect([point.status, await point.text()]).toEqual([400, expect.stringContaining("at=noon")]);
  });
});
