// Runs a simulator in its own process, so that its memory is not measured. Sends its URLs to the parent.

import { startOpenAISimulator, startSimulator } from "../../packages/axio-simulator/src/index.ts";

process.on("disconnect", () => {
  process.exit(0);
});
process.send?.(process.argv[2] === "openai" ? await startWithKey() : await startSignedIn());

async function startSignedIn(): Promise<object> {
  const simulator = await startSimulator();
  const { baseUrl, issuer } = simulator;
  return { baseUrl, issuer, tokens: simulator.issueCredentials() };
}

async function startWithKey(): Promise<object> {
  const { baseUrl, apiKey } = await startOpenAISimulator();
  return { baseUrl, apiKey };
}
