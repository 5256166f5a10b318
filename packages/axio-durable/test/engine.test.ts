import { MemoryRunStore } from "axio/runs";
import { LeaseEngine } from "axio-durable";
import { describeEngine } from "axio-durable/testing";
import { describe, it } from "vitest";

describeEngine({
  name: "LeaseEngine",
  describe,
  it,
  create: async () => {
    const runs = new MemoryRunStore();
    return { runs, create: () => new LeaseEngine(runs, { pollMs: 20 }), close: async () => undefined };
  },
});
