import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { ScriptedTransport, stepEnd } from "axio/testing";
import { listenForTest } from "test-support/local-server";
import { expect, onTestFinished, test } from "vitest";

test.each(["its own server", "a server of hono"])(
  "a stream arrives whole from a gateway that is loaded after hono has replaced Response, through %s",
  async (server) => {
    const { Request, Response } = globalThis;
    onTestFinished(() => {
      Object.defineProperty(globalThis, "Request", { value: Request });
      Object.defineProperty(globalThis, "Response", { value: Response });
    });
    getRequestListener(() => new Response());
    expect(globalThis.Response).not.toBe(Response);
    // Loads the gateway.
    const { gateway } = await import("./support.ts");
    let resolve = (): void => {};
    const read = new Promise<void>((settle) => {
      resolve = settle;
    });
    const transport = new ScriptedTransport([
      async function* () {
        yield { type: "text-delta", index: 0, delta: "Hello" };
        await read;
        yield { type: "text-delta", index: 0, delta: " there" };
        yield { type: "block-end", index: 0, block: { type: "text", text: "Hello there" } };
        yield stepEnd();
      },
    ]);
    const { running, url, secret } = await gateway({ transport });
    const listener = getRequestListener((request) => running.gateway.fetch(request));
    const origin = server === "its own server" ? url : await listenForTest(createServer(listener));
    running.gateway.addPort(Number(new URL(origin).port));
    const response = await fetch(`${origin}/v1/responses`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "scripted", input: "Hi", stream: true }),
    });
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk);
      if (text.includes("Hello")) resolve();
    }
    expect(text).not.toContain("Error");
    expect(text).toContain('"response.completed"');
  },
);
