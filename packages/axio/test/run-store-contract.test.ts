import { MemoryRunStore } from "axio/runs";
import { describeEventLog, describeRunStore, type RunStoreHarness } from "axio/testing";
import { describe, it } from "vitest";

async function create(): Promise<RunStoreHarness> {
  const runs = new MemoryRunStore();
  return { runs, events: runs.events, close: async () => undefined };
}

describeRunStore({ name: "MemoryRunStore", describe, it, create });
describeEventLog({ name: "MemoryEventLog", describe, it, create });
