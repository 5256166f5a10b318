import { getRequestListener } from "@hono/node-server";
import { ScriptedTransport, stepEnd } from "axio/testing";
import { expect, onTestFinished, test } from "vitest";

test("a stream arrives whole from a gateway that is loaded after hono has replaced Response", async () => {
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
  const { send } = await gateway({ transport });
  const response = await send("/v1/responses", { model: "scripted", input: "Hi", stream: true });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("Hello")) resolve();
  }
  expect(text).not.toContain("Error");
  expect(text).toContain('"response.completed"');
});
