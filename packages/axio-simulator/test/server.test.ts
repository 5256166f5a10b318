import type { ServerResponse } from "node:http";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import type { Reply } from "../src/http/reply.ts";
import { writeReply } from "../src/http/reply-writer.ts";
import { startSimulator } from "../src/index.ts";
import { PLAIN_FRAMING } from "../src/stream/framing.ts";
import { post, responsesBody, signedIn, user } from "./client.ts";

describe("the server", () => {
  test("close cuts connections and frees the port", async () => {
    const simulator = await startSimulator();
    const answer = await post(simulator, responsesBody([user("say x\nfail stall")]));
    expect(simulator.stats).toMatchObject({ openStreams: 1, openConnections: 1 });
    await simulator.close();
    await expect(answer.text()).rejects.toThrow();
    await vi.waitFor(() => expect(simulator.stats).toMatchObject({ openStreams: 0, openConnections: 0 }));
    await expect(fetch(simulator.origin)).rejects.toThrow();
  });

  test("a stream ends when its client leaves", async () => {
    await using simulator = await startSimulator();
    const leave = new AbortController();
    const answer = await post(simulator, responsesBody([user("wait 60s\nsay x")]), {}, leave.signal);
    expect(answer.status).toBe(200);
    leave.abort();
    await vi.waitFor(() => expect(simulator.stats.openStreams).toBe(0));
  });

  test("a stream ends when its client leaves during a write without a callback", async () => {
    const gone = new AbortController();
    const broken = {
      writeHead: () => broken,
      flushHeaders: () => undefined,
      write: () => false,
      end: () => broken,
    };
    const reply: Reply = {
      kind: "stream",
      status: 200,
      headers: {},
      frames: [{ kind: "raw", text: "data: {}" }],
      framing: PLAIN_FRAMING,
    };
    const written = writeReply(reply, broken as unknown as ServerResponse, gone.signal);
    gone.abort();
    await expect(written).resolves.toBeUndefined();
  });

  test("two simulators share nothing", async () => {
    await using one = await startSimulator();
    await using other = await startSimulator();
    const answer = await post(one, responsesBody([user("say x")]), signedIn(other.issueCredentials()));
    expect(answer.status).toBe(401);
    expect(other.requests).toHaveLength(0);
  });

  test("a fault over https leaves the server alive", async () => {
    await using simulator = await startSimulator({ https: true });
    const read = (fault: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const url = `${simulator.origin}/.well-known/jwks.json`;
        const options = {
          agent: false as const,
          ca: simulator.caPem,
          headers: { "x-simulator-fault": fault },
        };
        get(url, options, (message) => resolve(text(message))).on("error", reject);
      });
    await expect(read("reset_before_headers")).rejects.toThrow();
    expect(await read("")).toContain("keys");
  });

  test("https is trusted only with its own CA", async () => {
    await using simulator = await startSimulator({ https: true });
    const url = `${simulator.origin}/.well-known/openid-configuration`;
    const read = (ca: string | undefined): Promise<string> =>
      new Promise((resolve, reject) => {
        get(url, { agent: false, ...(ca !== undefined && { ca }) }, (message) => resolve(text(message))).on(
          "error",
          reject,
        );
      });
    expect(JSON.parse(await read(simulator.caPem))).toMatchObject({ issuer: simulator.origin });
    await expect(read(undefined)).rejects.toThrow(/certificate/);
  });
});
