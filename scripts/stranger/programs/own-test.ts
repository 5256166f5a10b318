import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Agent } from "axio";
import { startSimulator } from "axio-simulator";
import { CodexTransport } from "axio-transport-codex";

const simulator = await startSimulator();
after(() => simulator.close());

test("the agent answers", async () => {
  simulator.responses.add("Tested.");
  const { baseUrl, issuer } = simulator;
  const transport = new CodexTransport({ ...simulator.issueCredentials(), baseUrl, issuer });
  assert.equal((await new Agent({ transport }).run("Hello")).text, "Tested.");
  assert.equal(simulator.requests.filter(({ path }) => path.endsWith("/responses")).length, 1);
});
