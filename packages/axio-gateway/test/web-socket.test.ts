import { AxioError, type JsonObject, type StreamRequest, type TransportEvent } from "axio";
import { ScriptedTransport, stepEnd } from "axio/testing";
import { expect, test } from "vitest";
import { connect, gateway, responseId } from "./support.ts";

/** A transport whose response waits after its text until it is released or aborted. */
function waitingTransport(): { readonly transport: ScriptedTransport; readonly release: () => void } {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* answer({ signal }: StreamRequest): AsyncGenerator<TransportEvent> {
    yield { type: "text-delta", index: 0, delta: "Hello" };
    await new Promise<void>((resolve) => {
      signal?.addEventListener("abort", () => resolve());
      void released.then(resolve);
    });
    if (signal?.aborted) throw new AxioError("aborted", "Stopped.", { cause: signal.reason });
    yield { type: "block-end", index: 0, block: { type: "text", text: "Hello" } };
    yield stepEnd();
  }
  return { transport: new ScriptedTransport([answer, answer, answer]), release: () => release() };
}

const SCRIPTED = { model: "scripted", input: "Hi" };
const errorCode = (events: readonly JsonObject[]): unknown =>
  (events.at(-1)?.["error"] as JsonObject | undefined)?.["code"];

test("a text is sent when it comes, not with the event after it", async () => {
  const { transport, release } = waitingTransport();
  const socket = await connect(await gateway({ transport }));
  const events = await socket.create(SCRIPTED, ({ type }) => {
    if (type === "response.output_text.delta") release();
  });
  expect(events.at(-1)?.["type"]).toBe("response.completed");
});

test("a warm-up asks no model, and the next request continues it", async () => {
  const running = await gateway();
  const socket = await connect(running);
  const warmUp = { generate: false, instructions: "Be brief.", input: "My name is Ada.", store: false };
  const events = await socket.create(warmUp);
  expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { output: [] } });
  const asked = () => running.simulator.requests.filter(({ path }) => path.endsWith("/responses"));
  expect(asked()).toEqual([]);
  await socket.create({ input: "say Hi.", previous_response_id: responseId(events), store: false });
  expect(asked()).toHaveLength(1);
  expect(asked()[0]?.body).toContain("My name is Ada.");
});

test("several conversations on one connection are refused", async () => {
  const socket = await connect(await gateway());
  const events = await socket.create({ input: "say Hi.", stream_id: "s1" });
  expect(events).toMatchObject([{ type: "error", error: { param: "stream_id" } }]);
});

test("a request that its key may not send is in the log with the name of the key", async () => {
  const running = await gateway({}, { limits: { requestsPerMinute: 1 } });
  const socket = await connect(running);
  await socket.create({ input: "say Hi." });
  expect(errorCode(await socket.create({ input: "say Hi." }))).toBe("quota_exceeded");
  await running.send("/v1/responses", { model: "gpt-5.5", input: "say Hi." });
  const refused = running.facts.filter(({ code }) => code === "quota_exceeded");
  expect(refused.map(({ key, status }) => [key, status])).toEqual([
    ["test", 429],
    ["test", 429],
  ]);
});

test("a closing gateway closes a connection when its responses have ended", async () => {
  const { transport, release } = waitingTransport();
  const running = await gateway({ transport, drainMs: 20_000 });
  const [idle, busy] = [await connect(running), await connect(running)];
  let closing: Promise<void> | undefined;
  const events = await busy.create(SCRIPTED, ({ type }) => {
    if (type !== "response.output_text.delta") return;
    closing = running.running.close();
    void idle.closed.then(release);
  });
  expect(events.at(-1)?.["type"]).toBe("response.completed");
  expect([await idle.closed, await busy.closed]).toEqual([1001, 1001]);
  await closing;
});

test("a response that does not end in time is ended as its API says", async () => {
  const { transport } = waitingTransport();
  const running = await gateway({ transport, drainMs: 1 });
  const socket = await connect(running);
  const streamed = await running.send("/v1/responses", { ...SCRIPTED, stream: true });
  const folded = running.send("/v1/chat/completions", {
    model: "scripted",
    messages: [{ role: "user", content: "Hi" }],
  });
  const events = await socket.create(SCRIPTED, ({ type }) => {
    if (type === "response.output_text.delta") void running.running.close();
  });
  expect(errorCode(events)).toBe("server_shutdown");
  expect(await streamed.text()).toMatch(/response\.failed[\s\S]*"code":"server_shutdown"/);
  expect((await folded).status).toBe(503);
  await running.running.close();
});

test("a transport that ends in mid-response is a failure in every form", async () => {
  const cut: readonly TransportEvent[] = [{ type: "text-delta", index: 0, delta: "Hello" }];
  const running = await gateway({ transport: new ScriptedTransport([cut, cut, cut, cut]) });
  const socket = await connect(running);
  expect(errorCode(await socket.create(SCRIPTED))).toBe("stream_truncated");
  const streamed = await running.send("/v1/responses", { ...SCRIPTED, stream: true });
  expect(await streamed.text()).toContain("stream_truncated");
  const chat = { model: "scripted", messages: [{ role: "user", content: "Hi" }] };
  expect((await running.send("/v1/chat/completions", chat)).status).toBe(502);
  const message = { ...chat, max_tokens: 9, stream: true };
  expect(await (await running.send("/v1/messages", message)).text()).toContain("event: error");
});
