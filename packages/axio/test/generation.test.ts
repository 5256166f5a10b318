import { Agent, type GenerationSettings } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { expect, test } from "vitest";
import { anyTool } from "./support.ts";

test("the settings of a run are those of each of its requests, and of no other run", async () => {
  const transport = new ScriptedTransport([
    toolAnswer(toolUse("call-1", "look")),
    textAnswer("Done."),
    textAnswer("Free."),
  ]);
  const agent = new Agent({ transport, tools: [anyTool("look", () => "nothing")] });
  const settings: GenerationSettings = {
    maxOutputTokens: 50,
    temperature: 0,
    topK: 3,
    stop: ["END"],
    seed: 1,
  };
  await agent.run("Look.", { ...settings, topP: undefined });
  await agent.run("And now?");
  const [first, second, third] = transport.requests;
  expect(first).toMatchObject(settings);
  expect(second).toMatchObject(settings);
  expect(first).not.toHaveProperty("topP");
  for (const name of Object.keys(settings)) expect(third).not.toHaveProperty(name);
});
