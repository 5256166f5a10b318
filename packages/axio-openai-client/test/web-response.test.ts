import { Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { inspect } from "node:util";
import { codexTransport } from "test-support/codex-transport";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createOpenAIFetch } from "../src/index.ts";

type LocalFetch = ReturnType<typeof createOpenAIFetch>;

const HELLO = { model: "gpt-5.5", input: "say Hello there.", stream: true };

async function stream(init: RequestInit = {}): Promise<Response> {
  const { transport } = await codexTransport();
  return request(createOpenAIFetch(transport), init);
}

function request(localFetch: LocalFetch, init: RequestInit = {}): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return localFetch("http://axio.invalid/v1/responses", {
    method: "POST",
    headers,
    body: JSON.stringify(HELLO),
    ...init,
  });
}

afterEach(() => vi.unstubAllGlobals());

/** Other runtimes get a response of their own, whose stream exists at once. */
describe.each([
  ["Node.js", (): unknown => undefined],
  ["another runtime", (): unknown => vi.stubGlobal("navigator", { userAgent: "Bun/1.3.0" })],
] as const)("a streamed response on %s", (_, become) => {
  test("is a response with a stream and headers", async () => {
    become();
    const response = await stream();
    expect(response).toBeInstanceOf(Response);
    expect(response.body).toBeInstanceOf(ReadableStream);
    expect(response.body).toBe(response.body);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect([response.status, response.ok, response.redirected, response.type]).toEqual([
      200,
      true,
      false,
      "default",
    ]);
    expect(inspect(response)).toContain("text/event-stream");
    await response.body?.cancel();
  });

  test("is read as a text, as bytes and as a blob", async () => {
    become();
    const text = await (await stream()).text();
    expect(text).toContain('"delta":"Hello');
    expect(text).toContain("event: response.completed");
    expect((await (await stream()).arrayBuffer()).byteLength).toBe(text.length);
    const blob = await (await stream()).blob();
    expect([blob.type, await blob.text()].join()).toContain("event: response.completed");
    const withBytes = (await stream()) as Response & { bytes(): Promise<Uint8Array> };
    expect(new TextDecoder().decode(await withBytes.bytes())).toContain("event: response.completed");
  });

  test("rejects a text that is no JSON and no form", async () => {
    become();
    await expect((await stream()).json()).rejects.toThrow(SyntaxError);
    await expect((await stream()).formData()).rejects.toThrow(TypeError);
  });

  test("has two equal halves after a clone", async () => {
    become();
    const response = await stream();
    const copy = response.clone();
    expect(copy.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const [own, other] = await Promise.all([response.text(), new Response(copy.body).text()]);
    expect(own).toBe(other);
    expect(own).toContain("event: response.completed");
    expect(response.bodyUsed).toBe(true);
  });

  test("is read once", async () => {
    become();
    const response = await stream();
    expect(response.bodyUsed).toBe(false);
    const reader = response.body?.getReader();
    expect([response.body?.locked, response.bodyUsed]).toEqual([true, false]);
    await reader?.read();
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(() => response.clone()).toThrow(TypeError);
    await reader?.cancel();
  });

  test("is the body of another response", async () => {
    become();
    const { body, headers } = await stream();
    const passed = new Response(body, { headers });
    expect(await passed.text()).toContain("event: response.completed");
  });

  test("has every member that a response of this runtime has", async () => {
    become();
    const response = await stream();
    for (const name of Object.getOwnPropertyNames(Response.prototype)) {
      const member: unknown = Reflect.get(response, name);
      expect(typeof member, name).toBe(typeof Reflect.get(new Response("text"), name));
    }
    expect(Object.prototype.toString.call(response)).toBe("[object Response]");
    const passed = new Response("other", response);
    expect([passed.status, passed.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    await response.body?.cancel();
  });

  test("has a stream that Node.js and other streams read", async () => {
    become();
    const bodyOf = async (): Promise<NodeStream> => (await stream()).body as unknown as NodeStream;
    expect(await textOf(Readable.fromWeb(await bodyOf()))).toContain("event: response.completed");
    const [left, right] = (await bodyOf()).tee();
    const [own, other] = await Promise.all([textOf(left), textOf(right)]);
    expect(own).toContain("event: response.completed");
    expect(other).toBe(own);
    const body = await bodyOf();
    const moved = structuredClone(body, { transfer: [body as never] });
    expect(await textOf(moved)).toContain("event: response.completed");
  });

  test("throws its failure once after the events that report it, and then has ended", async () => {
    become();
    const input = "fail failed code=server_error at=text\nsay Hello there.";
    const { body } = await stream({ body: JSON.stringify({ ...HELLO, input }) });
    const reader = (body as unknown as NodeStream).values();
    let text = "";
    const readAll = async (): Promise<void> => {
      for await (const chunk of reader) text += new TextDecoder().decode(chunk);
    };
    await expect(readAll()).rejects.toMatchObject({ name: "AxioError" });
    expect(text).toContain("event: response.failed");
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(body?.locked).toBe(false);
  });

  test("ends the request of the transport when the loop over its stream is left", async () => {
    become();
    const { transport, simulator } = await codexTransport();
    const body = JSON.stringify({ ...HELLO, input: "say Hello there.\nwait 20s\nsay Never." });
    const response = await request(createOpenAIFetch(transport), { body });
    for await (const _chunk of response.body as unknown as NodeStream) break;
    expect([response.bodyUsed, response.body?.locked]).toEqual([true, false]);
    await expect.poll(() => simulator.stats.openStreams).toBe(0);
  });

  test("ends the request of the transport when its stream is cancelled", async () => {
    become();
    const { transport, simulator } = await codexTransport();
    const body = JSON.stringify({ ...HELLO, input: "say Hello there.\nwait 20s\nsay Never." });
    const response = await request(createOpenAIFetch(transport), { body });
    expect(simulator.stats.openStreams).toBe(1);
    await response.body?.cancel();
    expect(response.bodyUsed).toBe(true);
    await expect.poll(() => simulator.stats.openStreams).toBe(0);
  });
});

test("the body of a request may be bytes, and its address a URL or a request", async () => {
  const { transport } = await codexTransport();
  const localFetch = createOpenAIFetch(transport);
  const init = { method: "post", body: new TextEncoder().encode(JSON.stringify(HELLO)) };
  const url = new URL("http://axio.invalid/v1/responses?x=1#part");
  for (const input of [url, url.href, new Request(url, init)]) {
    const response = await localFetch(input, input instanceof Request ? undefined : init);
    expect(await response.text()).toContain("event: response.completed");
  }
});

test("the session of a request is found in any form of its headers", async () => {
  const { transport, simulator } = await codexTransport();
  const localFetch = createOpenAIFetch(transport);
  const record = { "Session-Id": "s1" };
  const forms: NonNullable<RequestInit["headers"]>[] = [record, Object.entries(record), new Headers(record)];
  for (const headers of forms) {
    await (await request(localFetch, { headers })).text();
    const sent = simulator.requests.findLast(({ path }) => path.endsWith("/responses"));
    expect(JSON.parse(sent?.body ?? "{}")).toMatchObject({ prompt_cache_key: "s1" });
  }
});

test("a header or a URL that fetch refuses is refused", async () => {
  const { transport } = await codexTransport();
  const localFetch = createOpenAIFetch(transport);
  await expect(request(localFetch, { headers: { "session-id": "a\nb" } })).rejects.toThrow(TypeError);
  await expect(request(localFetch, { headers: { "session id": "a" } })).rejects.toThrow(TypeError);
  await expect(localFetch("/v1/responses")).rejects.toThrow(TypeError);
});
