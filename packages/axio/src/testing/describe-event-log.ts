import { type EventChunk, type EventLog, formatCursor, parseCursor } from "../runs/event-log.ts";
import { assert, assertEqual } from "./assertions.ts";
import { type ContractCheck, describeContract } from "./contract-runner.ts";
import { createRun, type RunStoreContract, type RunStoreHarness, takeLease } from "./run-harness.ts";

function chunk(runId: string, epoch: number, firstSeq: number, ...events: readonly string[]): EventChunk {
  return { runId, epoch, firstSeq, events: events.map((event) => JSON.stringify({ event })) };
}

/** The events of a run after a cursor, each with its own cursor. */
async function readAll(
  events: EventLog,
  runId: string,
  after?: string,
  limit?: number,
): Promise<readonly string[]> {
  const cursor = after === undefined ? undefined : parseCursor(after);
  const chunks = await events.read(runId, { after: cursor, limit });
  return chunks.flatMap(({ epoch, firstSeq, events: texts }) =>
    texts.map((text, index) => `${formatCursor({ epoch, seq: firstSeq + index })} ${JSON.parse(text).event}`),
  );
}

async function expectEvents(
  actual: Promise<readonly string[]>,
  ...expected: readonly string[]
): Promise<void> {
  assertEqual((await actual).join(", "), expected.join(", "), "the events");
}

const checks: readonly ContractCheck<RunStoreHarness>[] = [
  {
    name: "returns the events of each run in order, and only those after a cursor",
    run: async ({ runs, events }) => {
      await createRun(runs, "one");
      await createRun(runs, "two");
      const { epoch } = await takeLease(runs, "one");
      await takeLease(runs, "two");
      await events.append([chunk("one", epoch, 1, "a", "b", "c"), chunk("two", 1, 1, "x")]);
      await events.append([chunk("one", epoch, 4, "d")]);
      await expectEvents(readAll(events, "one"), "1.1 a", "1.2 b", "1.3 c", "1.4 d");
      await expectEvents(readAll(events, "one", "1.2"), "1.3 c", "1.4 d");
      await expectEvents(readAll(events, "one", "1.3"), "1.4 d");
      await expectEvents(readAll(events, "one", "1.4"));
      await expectEvents(readAll(events, "one", "1.1", 1), "1.2 b", "1.3 c");
      await expectEvents(readAll(events, "two"), "1.1 x");
      await expectEvents(readAll(events, "missing"));
    },
  },
  {
    name: "preserves every character of an event",
    run: async ({ runs, events }) => {
      await createRun(runs, "one");
      await takeLease(runs, "one");
      const text = `Grüße 👋 \u0000 \u2028 "quoted" \\ ${"long ".repeat(2_000)}`;
      await events.append([chunk("one", 1, 1, text)]);
      await expectEvents(readAll(events, "one"), `1.1 ${text}`);
    },
  },
  {
    name: "stores a chunk once, even if it is appended twice",
    run: async ({ runs, events }) => {
      await createRun(runs, "one");
      await takeLease(runs, "one");
      await events.append([chunk("one", 1, 1, "a")]);
      await events.append([chunk("one", 1, 1, "a"), chunk("one", 1, 2, "b")]);
      await expectEvents(readAll(events, "one"), "1.1 a", "1.2 b");
    },
  },
  {
    name: "drops events of a worker that has lost its run, and of unknown runs",
    run: async ({ runs, events }) => {
      await createRun(runs, "one");
      await takeLease(runs, "one");
      await events.append([chunk("one", 1, 1, "a")]);
      await takeLease(runs, "one");
      await events.append([chunk("one", 1, 2, "late"), chunk("one", 2, 1, "b"), chunk("missing", 1, 1, "c")]);
      await expectEvents(readAll(events, "one"), "1.1 a", "2.1 b");
      await expectEvents(readAll(events, "one", "1.1"), "2.1 b");
      await expectEvents(readAll(events, "missing"));
    },
  },
  {
    name: "tells followers about new events until they leave",
    run: async ({ runs, events }) => {
      await createRun(runs, "one");
      await takeLease(runs, "one");
      let resolve: () => void = () => undefined;
      const changed = new Promise<void>((done) => {
        resolve = done;
      });
      const leave = events.follow("one", resolve);
      await events.append([chunk("one", 1, 1, "a")]);
      await changed;
      leave();
    },
  },
  {
    name: "deletes old events, and those of deleted runs",
    run: async ({ runs, events }) => {
      await createRun(runs, "one");
      await takeLease(runs, "one");
      await events.append([chunk("one", 1, 1, "a")]);
      assertEqual(await events.prune(0), 0, "the number of pruned chunks");
      assert((await events.prune(Date.now() + 3_600_000)) === 1, "The chunk was not pruned.");
      await expectEvents(readAll(events, "one"));
      await events.append([chunk("one", 1, 2, "b")]);
      await runs.delete({ runId: "one" });
      await expectEvents(readAll(events, "one"));
    },
  },
  {
    name: "has the same events after it is opened again",
    run: async ({ runs, events, reopen }) => {
      if (reopen === undefined) return;
      await createRun(runs, "one");
      await takeLease(runs, "one");
      await events.append([chunk("one", 1, 1, "a")]);
      await expectEvents(readAll((await reopen()).events, "one"), "1.1 a");
    },
  },
];

/** Defines the contract of event logs as tests. Used like `describeRunStore()`. */
export function describeEventLog({ name, create, ...runner }: RunStoreContract): void {
  describeContract(`${name} keeps the event log contract`, runner, create, checks);
}
