// A simulator in a process of its own, so that what it remembers is not measured. Tells its parent how to reach it.

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
