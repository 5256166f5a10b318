import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, type CompletionTransport, defineTool } from "axio";
import { recordTransport, replayTransport } from "axio/testing";
import { startOpenAISimulator } from "axio-simulator";
import { expect, it, onTestFinished } from "vitest";
import { transportTo } from "./support.ts";

const weather = defineTool({
  name: "weather",
  description: "Returns the weather.",
  inputSchema: { type: "object", properties: { city: { type: "string" } } },
  execute: () => "sunny",
});

function ask(transport: CompletionTransport, city: string): Promise<unknown> {
  const script = `think Where is ${city}?\ncall weather {"city":"${city}"}\nthen\nsay In ${city} it is {{result 1}}.`;
  return new Agent({ transport, tools: [weather] }).run(script);
}

it.each(["responses", "chat"] as const)(
  "replays runs over %s when there is no server, in another order",
  async (api) => {
    const recordings = await mkdtemp(join(tmpdir(), "axio-recordings-"));
    onTestFinished(() => rm(recordings, { recursive: true }));
    const simulator = await startOpenAISimulator();
    const recorded = recordTransport(transportTo(simulator, { api, model: "gpt-5.5" }), { recordings });
    const [oslo, rome] = await Promise.all([ask(recorded, "Oslo"), ask(recorded, "Rome")]);
    await simulator.close();
    const replay = replayTransport({ recordings });
    expect(replay.model.id).toBe("gpt-5.5");
    expect(await Promise.all([ask(replay, "Rome"), ask(replay, "Oslo")])).toEqual([rome, oslo]);
    expect(oslo).toMatchObject({ text: "In Oslo it is sunny." });
  },
);
