import { defineTool } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { DurableAgent, LeaseEngine } from "../../src/index.ts";
import { openPlace } from "./open-place.ts";

// Usage: PLACE LEASE_MS. Continues runs. One whose prompt is "Explode." ends the process.
const [place = "", leaseMs = ""] = process.argv.slice(2);
const explode = defineTool({
  name: "explode",
  description: "Ends the process.",
  inputSchema: { type: "object", properties: {} },
  effect: "none",
  execute: () => {
    process.kill(process.pid, "SIGKILL");
    return "";
  },
});
const answer = ({ messages }: { readonly messages: readonly unknown[] }) =>
  JSON.stringify(messages).includes("Explode.")
    ? toolAnswer(toolUse("call", "explode", {}))
    : textAnswer("Unharmed.");
const { store } = await openPlace(place);
new DurableAgent({
  transport: new ScriptedTransport(
    Array.from(
      { length: 1_000 },
      () =>
        async function* (request) {
          yield* answer(request);
        },
    ),
  ),
  tools: [explode],
  store,
  engine: new LeaseEngine(store.runs, { leaseMs: Number(leaseMs), pollMs: 20 }),
}).work();
