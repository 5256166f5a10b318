import type { ContextStore } from "axio";
import { DurableAgent, LeaseEngine } from "../../src/index.ts";
import { createModel, createTools } from "./crash-scenario.ts";
import { openPlace } from "./open-place.ts";

// Usage: PLACE FILE LEASE_MS [SIGNAL POINT COUNT]. Continues runs until SIGTERM. Sends itself SIGNAL the COUNT-th time that it
// reaches POINT, such as "before save", "after append", "in response" or "after effect".
const [place = "", file = "", leaseMs = "", signal = "", point = "", count = "1"] = process.argv.slice(2);
let left = Number(count);

function reach(name: string): void {
  if (name !== point) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, signal);
}

/** Reaches a point before and after each call of a method. */
function withPoints<T extends object>(target: T, prefix = ""): T {
  return new Proxy(target, {
    get: (_target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name === "follow") return member.bind(target);
      return async (...values: unknown[]) => {
        reach(`before ${prefix}${String(name)}`);
        const result: unknown = await member.apply(target, values);
        // A look for runs that finds nothing is not a claim.
        if (!Array.isArray(result) || result.length > 0) reach(`after ${prefix}${String(name)}`);
        return result;
      };
    },
  });
}

const { store: opened, close } = await openPlace(place);
const store = {
  runs: withPoints(opened.runs),
  events: withPoints(opened.events, "events."),
  create: () => opened.create(),
  open: async (id: string): Promise<ContextStore> => withPoints(await opened.open(id), "context."),
};
const agent = new DurableAgent({
  transport: createModel((number) => number === 4 && reach("in response")),
  tools: createTools(opened, file, (when) => reach(`${when} effect`)),
  store,
  engine: new LeaseEngine(store.runs, { leaseMs: Number(leaseMs), pollMs: 20 }),
});
const worker = agent.work();
process.on("SIGTERM", async () => {
  await worker.close();
  await close();
});
