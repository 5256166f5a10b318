import type { ContextStore } from "axio";
import { openSessions } from "axio-context-sqlite";
import { DurableAgent, LeaseEngine } from "../../src/index.ts";
import { createModel, createTools } from "./crash-scenario.ts";

// Usage: DATABASE FILE POINT COUNT. Continues runs, and kills itself the COUNT-th time that it reaches POINT, such as
// "before save", "after append", "in response" or "after effect".
const [path = "", file = "", point = "", count = "1"] = process.argv.slice(2);
let left = Number(count);

function reach(name: string): void {
  if (name !== point) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
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

const sessions = await openSessions({ path });
const runs = withPoints(sessions.runs);
const store = {
  runs,
  events: withPoints(sessions.events, "events."),
  create: () => sessions.create(),
  open: async (id: string): Promise<ContextStore> => withPoints(await sessions.open(id), "context."),
};
const agent = new DurableAgent({
  transport: createModel((number) => number === 4 && reach("in response")),
  tools: createTools(file, (when) => reach(`${when} effect`)),
  store,
  engine: new LeaseEngine(runs, { leaseMs: 600, pollMs: 20 }),
});
agent.work();
