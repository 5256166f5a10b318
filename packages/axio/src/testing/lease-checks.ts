import { assert, assertEqual } from "./assertions.ts";
import type { ContractCheck } from "./contract-runner.ts";
import { createRun, LONG_MS, newState, type RunStoreHarness, takeLease } from "./run-harness.ts";

/** The checks of runs and their leases. */
export const LEASE_CHECKS: readonly ContractCheck<RunStoreHarness>[] = [
  {
    name: "creates a run once, with its prompt and state",
    run: async ({ runs }) => {
      const created = await createRun(runs, "one");
      assertEqual(created.status, "pending", "the status");
      await takeLease(runs, "one");
      const again = await runs.create({ state: { ...newState("one"), step: 9 }, prompt: [] });
      assertEqual(again.epoch, 1, "the epoch of the existing run");
      assertEqual(again.state.step, 1, "the step of the existing run");
      assertEqual(JSON.stringify(await runs.prompt("one")), '[{"type":"text","text":"one"}]', "the prompt");
      assertEqual((await runs.prompt("missing")).length, 0, "the length of a missing prompt");
      assert((await runs.get("missing")) === undefined, "A missing run was found.");
    },
  },
  {
    name: "keeps the settings of a run, for each worker",
    run: async ({ runs, reopen }) => {
      const generation = { temperature: 0.5, maxOutputTokens: 100, stop: ["END"], seed: -1 };
      const settings = { model: "model", effort: "high", generation, budget: { maxTokens: 10 } };
      const state = { ...newState("one"), ...settings };
      await runs.create({ state, prompt: [] });
      const lease = await takeLease(runs, "one");
      assert(await runs.save(lease, { ...state, step: 2 }), "The state was not saved.");
      const others = reopen === undefined ? runs : (await reopen()).runs;
      const stored = (await others.get("one"))?.state;
      assertEqual(stored?.model ?? "", "model", "the model");
      assertEqual(stored?.effort ?? "", "high", "the effort");
      assertEqual(stored?.budget?.maxTokens ?? 0, 10, "the budget");
      assertEqual(stored?.generation?.temperature ?? 0, 0.5, "the temperature");
      assertEqual(stored?.generation?.maxOutputTokens ?? 0, 100, "the longest response");
      assertEqual((stored?.generation?.stop ?? []).join(), "END", "the texts that end a response");
      assertEqual(stored?.generation?.seed ?? 0, -1, "the seed");
    },
  },
  {
    name: "gives each due run to one worker",
    run: async ({ runs }) => {
      for (let number = 0; number < 10; number += 1) await createRun(runs, `run-${number}`);
      const claims = await Promise.all(
        ["a", "b", "c", "d"].map((owner) => runs.claim({ owner, leaseMs: LONG_MS, limit: 5 })),
      );
      const ids = claims.flat().map(({ id }) => id);
      assertEqual(ids.length, new Set(ids).size, "the number of claims");
      const rest = await runs.claim({ owner: "e", leaseMs: LONG_MS, limit: 10 });
      assertEqual(ids.length + rest.length, 10, "the number of claimed runs");
      assert(
        [...claims.flat(), ...rest].every(({ epoch, attempts }) => epoch === 1 && attempts === 1),
        "The first claim of a run has another epoch than 1.",
      );
    },
  },
  {
    name: "gives a run whose lease has expired to another worker, and refuses writes of the first",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const [first] = await runs.claim({ owner: "a", leaseMs: 0 });
      assertEqual(first?.epoch ?? 0, 1, "the first epoch");
      const [second] = await runs.claim({ owner: "b", leaseMs: LONG_MS });
      assertEqual(second?.epoch ?? 0, 2, "the second epoch");
      assertEqual(second?.attempts ?? 0, 2, "the attempts");
      const lost = { runId: "one", owner: "a", epoch: 1 };
      const state = { ...newState("one"), step: 7 };
      assertEqual(String(await runs.save(lost, state)), "false", "save() with a lost lease");
      assertEqual(String(await runs.release(lost, { wakeups: 0 })), "false", "release() with a lost lease");
      assertEqual(
        String(await runs.end(lost, { status: "done", state })),
        "false",
        "end() with a lost lease",
      );
      const [prolonged] = await runs.prolong([lost], LONG_MS);
      assertEqual(String(prolonged?.held), "false", "the lost lease");
      assertEqual((await runs.get("one"))?.state.step ?? 0, 1, "the step");
    },
  },
  {
    name: "keeps a run that is prolonged, and claims a held one only by force",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      await runs.claim({ owner: "a", leaseMs: 0 });
      const lease = { runId: "one", owner: "a", epoch: 1 };
      const prolonged = await runs.prolong([lease, { ...lease, runId: "missing" }], LONG_MS);
      assertEqual(
        prolonged.map(({ runId, held }) => `${runId} ${held}`).join(),
        "one true,missing false",
        "leases",
      );
      assertEqual((await runs.claim({ owner: "b", leaseMs: LONG_MS })).length, 0, "claims of a held run");
      const claim = { owner: "b", leaseMs: LONG_MS, runId: "one" };
      assertEqual((await runs.claim(claim)).length, 0, "claims of a held run by id");
      assertEqual((await runs.claim({ ...claim, force: true }))[0]?.epoch ?? 0, 2, "the epoch after force");
    },
  },
  {
    name: "gives a worker only runs that were begun less often, if it asks for that",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      await createRun(runs, "two");
      for (let number = 0; number < 2; number += 1)
        await runs.claim({ owner: "a", leaseMs: 0, runId: "one", force: true });
      const claim = { owner: "b", leaseMs: LONG_MS, limit: 2 };
      assertEqual(await ids(runs.claim({ ...claim, maxAttempts: 1 })), "two", "the runs begun at most once");
      assertEqual(await ids(runs.claim({ ...claim, maxAttempts: 2 })), "one", "the runs begun at most twice");
    },
  },
  {
    name: "gives a worker a few of the runs that were begun more often, after the others",
    run: async ({ runs }) => {
      for (const id of ["a", "b", "c", "d", "e"]) await createRun(runs, id);
      for (const runId of ["a", "b", "c"])
        for (let number = 0; number < 2; number += 1)
          await runs.claim({ owner: "x", leaseMs: 0, runId, force: true });
      const claim = { owner: "y", leaseMs: LONG_MS, maxAttempts: 1, suspects: 1 };
      const claimed = async (limit: number): Promise<string> =>
        (await ids(runs.claim({ ...claim, limit }))).split(",").sort().join();
      assertEqual(await claimed(1), "d", "the runs of a claim of one");
      assertEqual(await claimed(5), "a,e", "the runs of a claim with room");
      assertEqual(await claimed(5), "b", "the runs that were begun more often");
    },
  },
  {
    name: "gives a worker a named run that was begun more often, only if it asks for some of those",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      await createRun(runs, "two");
      for (let number = 0; number < 2; number += 1)
        await runs.claim({ owner: "a", leaseMs: 0, runId: "one", force: true });
      const claim = { owner: "b", leaseMs: LONG_MS, runId: "one", maxAttempts: 1 };
      assertEqual(await ids(runs.claim(claim)), "", "the named run");
      assertEqual(await ids(runs.claim({ ...claim, force: true })), "", "the named run by force");
      assertEqual(await ids(runs.claim({ ...claim, suspects: 1 })), "one", "the named run as a suspect");
    },
  },
  {
    name: "stores the state, and counts attempts from then on",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      await takeLease(runs, "one");
      const lease = await takeLease(runs, "one");
      assertEqual((await runs.get("one"))?.attempts ?? 0, 2, "the attempts");
      assert(await runs.save(lease, { ...newState("one"), step: 3 }), "The state was not saved.");
      const run = await runs.get("one");
      assertEqual(run?.state.step ?? 0, 3, "the step");
      assertEqual(run?.attempts ?? -1, 0, "the attempts after saving");
    },
  },
  {
    name: "lets a run wait for a time or a signal, and loses no signal",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const claim = { owner: "a", leaseMs: LONG_MS };
      const [first] = await runs.claim(claim);
      const wakeups = first?.wakeups ?? -1;
      await runs.release({ runId: "one", owner: "a", epoch: 1 }, { wakeups });
      assertEqual((await runs.get("one"))?.status ?? "", "waiting", "the status");
      assertEqual((await runs.claim(claim)).length, 0, "claims of a run without a time");
      await runs.wake("one");
      const [second] = await runs.claim(claim);
      assertEqual(second?.epoch ?? 0, 2, "the epoch after the signal");
      await runs.wake("one");
      await runs.release({ runId: "one", owner: "a", epoch: 2 }, { wakeups: second?.wakeups ?? -1 });
      const [third] = await runs.claim(claim);
      assertEqual(third?.epoch ?? 0, 3, "the epoch after a signal while it ran");
      const wait = { wakeups: third?.wakeups ?? -1, wakeAt: Date.now() + 3_600_000 };
      await runs.release({ runId: "one", owner: "a", epoch: 3 }, wait);
      assertEqual((await runs.claim(claim)).length, 0, "claims before the time");
      const due = await takeLease(runs, "one", "a");
      await runs.release(due, { ...wait, wakeAt: 1 });
      assertEqual((await runs.claim(claim)).length, 1, "claims after the time");
    },
  },
  {
    name: "tells workers that a run is to be stopped",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const lease = await takeLease(runs, "one");
      const before = await runs.prolong([lease], LONG_MS);
      assertEqual(String(before[0]?.stopRequested), "false", "the request");
      assert((await runs.requestStop("one"))?.stopRequestedAt !== undefined, "The run is not to be stopped.");
      const after = await runs.prolong([lease], LONG_MS);
      assertEqual(String(after[0]?.stopRequested), "true", "the request");
      assert((await runs.requestStop("missing")) === undefined, "A missing run was stopped.");
    },
  },
  {
    name: "ends a run for good",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const lease = await takeLease(runs, "one");
      const failure = { code: "server", message: "It failed." } as const;
      assert(await runs.end(lease, { status: "failed", state: newState("one"), failure }), "It did not end.");
      const run = await runs.get("one");
      assertEqual(
        `${run?.status} ${run?.failure?.code} ${run?.failure?.message}`,
        "failed server It failed.",
        "the end",
      );
      assert(run?.endedAt !== undefined && run.owner === undefined, "The run has no end, or an owner.");
      await runs.wake("one");
      assertEqual((await runs.requestStop("one"))?.status ?? "", "failed", "the status");
      const claim = { owner: "b", leaseMs: LONG_MS, runId: "one", force: true };
      assertEqual((await runs.claim(claim)).length, 0, "claims of a run that is over");
      assertEqual(String(await runs.save(lease, newState("one"))), "false", "save() after the end");
    },
  },
  {
    name: "lists runs in pages, newest first, by conversation and status",
    run: async ({ runs }) => {
      for (const id of ["a", "b", "c", "d"]) await createRun(runs, id, id === "d" ? "other" : "first");
      await takeLease(runs, "b");
      const filter = { conversationId: "first" };
      assertEqual(await ids(runs.list(filter)), "c,b,a", "the runs of a conversation");
      const [newest] = await runs.list({ ...filter, limit: 1 });
      assertEqual(await ids(runs.list({ ...filter, before: newest })), "b,a", "the next page");
      assertEqual(await ids(runs.list({ status: ["running"] })), "b", "the running ones");
    },
  },
  {
    name: "deletes runs by id, conversation and age, and none without a filter",
    run: async ({ runs }) => {
      for (const id of ["a", "b", "c", "d"]) await createRun(runs, id, id === "d" ? "other" : "first");
      await runs.end(await takeLease(runs, "b"), { status: "done", state: newState("b", "first") });
      assertEqual(await runs.delete({}), 0, "the deleted runs without a filter");
      assertEqual(await runs.delete({ endedBefore: 1 }), 0, "the deleted old runs");
      assertEqual(await runs.delete({ endedBefore: Date.now() + 3_600_000 }), 1, "the deleted ended runs");
      assertEqual(await runs.delete({ runId: "a" }), 1, "the deleted run");
      assertEqual(await ids(runs.list()), "d,c", "the rest");
      assertEqual(await runs.delete({ conversationId: "first" }), 1, "the deleted runs of a conversation");
      assertEqual(await ids(runs.list()), "d", "the rest");
    },
  },
  {
    name: "tells followers about due runs until they leave",
    run: async ({ runs }) => {
      let resolve: () => void = () => undefined;
      const changed = new Promise<void>((done) => {
        resolve = done;
      });
      const leave = runs.follow(resolve);
      await createRun(runs, "one");
      await changed;
      leave();
    },
  },
  {
    name: "has the same runs after it is opened again",
    run: async ({ runs, reopen }) => {
      if (reopen === undefined) return;
      await createRun(runs, "one");
      await takeLease(runs, "one");
      const other = (await reopen()).runs;
      assertEqual(JSON.stringify(await other.get("one")), JSON.stringify(await runs.get("one")), "the run");
      await takeLease(other, "one", "b");
      assertEqual((await runs.get("one"))?.owner ?? "", "b", "the owner");
    },
  },
];

async function ids(runs: Promise<readonly { readonly id: string }[]>): Promise<string> {
  return (await runs).map(({ id }) => id).join();
}
