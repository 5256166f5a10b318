import type { NewApproval } from "../runs/approval.ts";
import { assert, assertEqual } from "./assertions.ts";
import type { ContractCheck } from "./contract-runner.ts";
import { createRun, LONG_MS, type RunStoreHarness, takeLease } from "./run-harness.ts";

function question(id: string, runId: string, change: Partial<NewApproval> = {}): NewApproval {
  return {
    id,
    runId,
    conversationId: "conversation",
    callKey: "1.0",
    toolName: "send",
    input: { to: "ada@example.com" },
    inputHash: "hash",
    question: "Send it?",
    ...change,
  };
}

/** The checks of approvals. */
export const APPROVAL_CHECKS: readonly ContractCheck<RunStoreHarness>[] = [
  {
    name: "asks a question once, and only for the worker that has the run",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const lost = await takeLease(runs, "one");
      const lease = await takeLease(runs, "one");
      assert((await runs.ask(lost, question("a", "one"))) === undefined, "A lost lease asked.");
      const first = await runs.ask(lease, question("a", "one"));
      await runs.decide("a", { action: "allow" });
      const again = await runs.ask(lease, question("a", "one", { question: "Another?" }));
      assertEqual(again?.question ?? "", "Send it?", "the question");
      assertEqual(again?.askedAt ?? 0, first?.askedAt ?? -1, "the time of the question");
      assertEqual(again?.decision?.action ?? "", "allow", "the decision");
    },
  },
  {
    name: "keeps the first decision, with who made it and why",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      await runs.ask(await takeLease(runs, "one"), question("a", "one"));
      const change = { action: "change", input: { to: "bob@example.com" }, reason: "Bob asked." } as const;
      await Promise.all([runs.decide("a", change, "eve"), runs.decide("a", change, "eve")]);
      const late = await runs.decide("a", { action: "deny" }, "mallory");
      assertEqual(JSON.stringify(late?.decision), JSON.stringify(change), "the decision");
      assertEqual(late?.decidedBy ?? "", "eve", "who decided");
      assert(late?.decidedAt !== undefined, "The decision has no time.");
      assertEqual(JSON.stringify(await runs.approval("a")), JSON.stringify(late), "the approval");
      assertEqual((await runs.get("one"))?.wakeups ?? 0, 1, "how often the run was woken");
      assert(
        (await runs.decide("missing", { action: "allow" })) === undefined,
        "A missing question was decided.",
      );
    },
  },
  {
    name: "decides nothing after the expiry",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      await runs.ask(await takeLease(runs, "one"), question("a", "one", { expiresAt: 1 }));
      const approval = await runs.decide("a", { action: "allow" });
      assert(approval !== undefined && approval.decision === undefined, "An expired question was decided.");
      assertEqual((await runs.approvals({ open: true })).length, 0, "the number of open questions");
      assertEqual((await runs.approvals()).length, 1, "the number of questions");
    },
  },
  {
    name: "wakes the run with a decision",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const [run] = await runs.claim({ owner: "a", leaseMs: LONG_MS });
      const lease = { runId: "one", owner: "a", epoch: run?.epoch ?? 0 };
      await runs.ask(lease, question("a", "one"));
      await runs.release(lease, { wakeups: run?.wakeups ?? -1 });
      await runs.decide("a", { action: "deny", reason: "No." });
      assertEqual((await runs.claim({ owner: "b", leaseMs: LONG_MS })).length, 1, "the number of claims");
    },
  },
  {
    name: "lists questions by run, conversation and whether they are open",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      await createRun(runs, "two", "other");
      await runs.ask(await takeLease(runs, "one"), question("a", "one", { expiresAt: Date.now() + LONG_MS }));
      await runs.ask(await takeLease(runs, "two"), question("b", "two", { conversationId: "other" }));
      await runs.decide("b", { action: "allow" });
      const ids = async (filter: Parameters<typeof runs.approvals>[0]): Promise<string> =>
        (await runs.approvals(filter)).map(({ id }) => id).join();
      assertEqual(await ids({}), "a,b", "all");
      assertEqual(await ids({ open: true }), "a", "the open ones");
      assertEqual(await ids({ runId: "two" }), "b", "those of a run");
      assertEqual(await ids({ conversationId: "conversation" }), "a", "those of a conversation");
      await runs.delete({ runId: "one" });
      assertEqual(await ids({}), "b", "those of the remaining runs");
      assert((await runs.approval("a")) === undefined, "The question of a deleted run is still there.");
    },
  },
];
