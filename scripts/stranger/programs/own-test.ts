import assert from "node:assert/strict";
import { test } from "node:test";
import { Agent } from "axio";
import { ScriptedTransport, textAnswer } from "axio/testing";

test("the agent answers", async () => {
  const agent = new Agent({ transport: new ScriptedTransport([textAnswer("Tested.")]) });
  assert.equal((await agent.run("Hello")).text, "Tested.");
});
