import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { type ChatGPTSimulator, startChatGPTSimulator } from "../src/index.ts";
import { planBody } from "./chatgpt-client.ts";
import { user } from "./client.ts";

let simulator: ChatGPTSimulator;
beforeEach(async () => {
  simulator = await startChatGPTSimulator();
});
afterEach(() => simulator.close());

describe("the documented route as a WebSocket", () => {
  type Message = Record<string, unknown> & { readonly type: string };

  async function open(): Promise<WebSocket> {
    const { accessToken } = simulator.issueTokens();
    const webSocket = new WebSocket(`${simulator.apiBaseUrl.replace("http", "ws")}/responses`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    onTestFinished(() => webSocket.terminate());
    await once(webSocket, "open");
    return webSocket;
  }

  function ask(webSocket: WebSocket, change: Record<string, unknown>): Promise<Message> {
    const { stream: _, ...body } = planBody("say hi");
    return new Promise((resolve) => {
      const receive = (data: WebSocket.RawData): void => {
        const message = JSON.parse(data.toString()) as Message;
        if (message.type !== "error" && message.type !== "response.completed") return;
        webSocket.off("message", receive);
        resolve(message);
      };
      webSocket.on("message", receive);
      webSocket.send(JSON.stringify({ type: "response.create", ...body, ...change }));
    });
  }

  test("continues only a response of the same connection", async () => {
    const webSocket = await open();
    const first = await ask(webSocket, {});
    const id = (first["response"] as { id: string }).id;
    const next = { previous_response_id: id, input: [user("say more")] };
    const second = await ask(webSocket, next);
    expect(second).toMatchObject({ type: "response.completed", response: { output: [{ type: "message" }] } });
    expect(await ask(await open(), next)).toMatchObject({
      type: "error",
      status: 400,
      error: { code: "previous_response_not_found" },
    });
  });

  test("warms up, and checks a body as over HTTP", async () => {
    const webSocket = await open();
    expect(await ask(webSocket, { generate: false })).toMatchObject({ response: { output: [] } });
    expect(await ask(webSocket, { temperature: 1 })).toMatchObject({
      error: { code: "subscription_sharing_unsupported_capability", param: "temperature" },
    });
  });

  test("is refused without a token, and if the option says so", async () => {
    const refusal = async (headers: Record<string, string>): Promise<unknown> => {
      const webSocket = new WebSocket(`${simulator.apiBaseUrl.replace("http", "ws")}/responses`, { headers });
      const [error] = (await once(webSocket, "error").catch((reason: unknown) => [reason])) as [Error];
      return error.message;
    };
    expect(await refusal({})).toContain("401");
    await simulator.close();
    simulator = await startChatGPTSimulator({ webSocket: false });
    const { accessToken } = simulator.issueTokens();
    expect(await refusal({ authorization: `Bearer ${accessToken}` })).toContain("403");
  });
});
