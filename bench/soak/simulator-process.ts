// Runs a simulator in its own process, so that its memory is not measured. Sends its URLs to the parent.

import { startSimulator } from "../../packages/axio-simulator/src/index.ts";

const simulator = await startSimulator();
process.on("disconnect", () => {
  process.exit(0);
});
process.send?.({
  baseUrl: simulator.baseUrl,
  issuer: simulator.issuer,
  tokens: simulator.issueCredentials(),
});
