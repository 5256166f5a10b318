import type { ToolResultBlock } from "../blocks.ts";
import { assert, assertEqual } from "./assertions.ts";
import type { ContractCheck } from "./contract-runner.ts";
import { stepEnd } from "./event-builders.ts";
import { createRun, newCall, newState, type RunStoreHarness, takeLease } from "./run-harness.ts";

const response = { blocks: [{ type: "text", text: "Grüße 👋\u0000" }], end: stepEnd() } as const;

function resultOf(content: string): ToolResultBlock {
  return { type: "tool-result", toolCallId: "call-0", content };
}

/** The checks of responses and tool calls. */
export const CALL_CHECKS: readonly ContractCheck<RunStoreHarness>[] = [
  {
    name: "stores a response and the state after it together, and returns it from then on",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const lost = await takeLease(runs, "one");
      assertEqual((await runs.startModelCall(lost, 1))?.attempt ?? 0, 1, "the attempt");
      const lease = await takeLease(runs, "one");
      assertEqual((await runs.startModelCall(lease, 1))?.attempt ?? 0, 2, "the attempt");
      assert((await runs.startModelCall(lost, 1)) === undefined, "A lost lease started a request.");
      const state = { ...newState("one"), phase: "tools" } as const;
      const late = await runs.settleModelCall(lost, 1, { ...response, blocks: [] }, state);
      assertEqual(String(late), "false", "settling with a lost lease");
      assert((await runs.modelCall("one", 1))?.response === undefined, "A lost lease stored a response.");
      assert(await runs.settleModelCall(lease, 1, response, state), "The response was not stored.");
      const stored = await runs.startModelCall(await takeLease(runs, "one"), 1);
      assertEqual(JSON.stringify(stored?.response), JSON.stringify(response), "the response");
      assertEqual((await runs.get("one"))?.state.phase ?? "", "tools", "the phase");
      assert((await runs.modelCall("one", 2)) === undefined, "There is a response of another step.");
    },
  },
  {
    name: "lets a call run once, and returns its result from then on",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const lease = await takeLease(runs, "one");
      const claim = await runs.claimToolCall(lease, newCall(0));
      assertEqual(JSON.stringify(claim), '{"status":"claimed","attempt":1}', "the claim");
      assert(await runs.settleToolCall(lease, "1.0", { result: resultOf("sent") }), "It was not settled.");
      await runs.settleToolCall(lease, "1.0", { result: resultOf("again") });
      const again = await runs.claimToolCall(await takeLease(runs, "one"), newCall(0));
      const expected = { status: "settled", result: resultOf("sent") };
      assertEqual(JSON.stringify(again), JSON.stringify(expected), "the claim of a settled call");
      const [stored] = await runs.toolCalls("one");
      assertEqual(
        `${stored?.key} ${stored?.status} ${stored?.attempt} ${stored?.epoch}`,
        "1.0 settled 1 1",
        "the call",
      );
    },
  },
  {
    name: "repeats an interrupted call unless its effect must happen once",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const first = await takeLease(runs, "one");
      const effects = ["none", "idempotent", "transaction", "once"] as const;
      for (const [position, effect] of effects.entries())
        await runs.claimToolCall(first, newCall(position, effect));
      const second = await takeLease(runs, "one");
      const claims: string[] = [];
      for (const [position, effect] of effects.entries()) {
        const claim = await runs.claimToolCall(second, newCall(position, effect));
        if (claim !== undefined && claim.status !== "settled")
          claims.push(`${claim.status} ${claim.attempt}`);
      }
      assertEqual(claims.join(), "claimed 2,claimed 2,claimed 2,interrupted 1", "the claims");
      const renamed = await runs.claimToolCall(second, newCall(3, "none"));
      assertEqual(renamed?.status ?? "", "interrupted", "the claim with another effect");
      const result = resultOf("unknown");
      assert(await runs.settleToolCall(second, "1.3", { result, status: "unknown" }), "It was not settled.");
      const stored = (await runs.toolCalls("one", 1)).find(({ key }) => key === "1.3");
      assertEqual(stored?.status ?? "", "unknown", "the status");
      assertEqual((await runs.toolCalls("one", 2)).length, 0, "the calls of another step");
    },
  },
  {
    name: "keeps a late result for users, and never gives it to the model",
    run: async ({ runs }) => {
      await createRun(runs, "one");
      const lost = await takeLease(runs, "one");
      await runs.claimToolCall(lost, newCall(0));
      const lease = await takeLease(runs, "one");
      assert((await runs.claimToolCall(lost, newCall(1))) === undefined, "A lost lease claimed a call.");
      const late = await runs.settleToolCall(lost, "1.0", { result: resultOf("late") });
      assertEqual(String(late), "false", "settling with a lost lease");
      const [stored] = await runs.toolCalls("one");
      assert(stored?.result === undefined, "The late result became the result.");
      assertEqual(JSON.stringify(stored?.lateResult), JSON.stringify(resultOf("late")), "the late result");
      assertEqual((await runs.claimToolCall(lease, newCall(0)))?.status ?? "", "interrupted", "the claim");
    },
  },
  {
    name: "commits a tool's writes with its result, if it offers that",
    run: async ({ runs }) => {
      if (runs.transactToolCall === undefined) return;
      await createRun(runs, "one");
      const lost = await takeLease(runs, "one");
      await runs.claimToolCall(lost, newCall(0, "transaction"));
      const lease = await takeLease(runs, "one");
      const late = await runs.transactToolCall(lost, "1.0", async () => resultOf("late"));
      assert(late === undefined, "A lost lease committed.");
      await runs.claimToolCall(lease, newCall(0, "transaction"));
      const failed = new Error("It failed.");
      const thrown = await runs
        .transactToolCall(lease, "1.0", () => Promise.reject(failed))
        .catch((error: unknown) => error);
      assert(thrown === failed, "The error of a call was not thrown.");
      assert((await runs.toolCalls("one"))[0]?.result === undefined, "A call that failed has a result.");
      const result = await runs.transactToolCall(lease, "1.0", async () => resultOf("done"));
      assertEqual(JSON.stringify(result), JSON.stringify(resultOf("done")), "the result");
      const [stored] = await runs.toolCalls("one");
      assertEqual(JSON.stringify(stored?.result), JSON.stringify(result), "the stored result");
    },
  },
];
