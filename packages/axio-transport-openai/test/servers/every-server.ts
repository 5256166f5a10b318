import { userMessage } from "axio";
import { expect } from "vitest";
import { bodyOf, call, chunk, continued, failure, OK, sse } from "./harness.ts";
import { fault, type Section, says, toolCall, WITH_TOOL } from "./sentence.ts";

/** The sentences about every server. */
export const EVERY_SERVER: readonly Section[] = [
  {
    server: undefined,
    title: "Every server",
    sentences: [
      says(
        "A stream without a finish reason is complete only if usage and `[DONE]` follow its content; otherwise it is repeated.",
        async () => {
          const cut = sse(chunk({ content: "Hel" }));
          const { text, sent } = await call("vllm", { replies: [cut, OK] });
          expect([text, sent.length]).toEqual(["ok", 2]);
          const usage = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } };
          expect(
            (await call("vllm", { replies: [sse(chunk({ content: "Hi" }), usage, "[DONE]")] })).text,
          ).toBe("Hi");
        },
      ),
      says("A response that calls tools ends as `tool-use`, whatever finish reason it has.", async () => {
        const { end } = await call("vllm", {
          request: WITH_TOOL,
          replies: [sse(toolCall(), chunk({}, "stop"), "[DONE]")],
        });
        expect(end.stopReason).toBe("tool-use");
      }),
      says("A server that ignores `stream` and sends one JSON object is read all the same.", async () => {
        const message = { role: "assistant", content: "Hi" };
        const body = { choices: [{ index: 0, message, finish_reason: "stop" }] };
        expect((await call("vllm", { replies: [{ status: 200, body }] })).text).toBe("Hi");
      }),
      says("An error inside a response of status 200 fails it, also after a finish reason.", async () => {
        const reply = sse(chunk({ content: "Hi" }, "length"), {
          choices: [],
          error: { code: 502, message: "Upstream" },
        });
        expect((await failure("openrouter", { replies: [reply] })).error.code).toBe("server");
      }),
      says("Reasoning and signatures go back only to the server and model that they came from.", async () => {
        const first = sse(chunk({ reasoning_content: "Hm", content: "Hi" }), chunk({}, "stop"), "[DONE]");
        const same = await continued("deepseek", first, { request: WITH_TOOL });
        expect(JSON.stringify(same)).toContain("Hm");
        const { events } = await call("deepseek", { replies: [first] });
        const content = events.flatMap((event) => (event.type === "block-end" ? [event.block] : []));
        const history = [userMessage("Hi"), { role: "assistant", content } as const, userMessage("Go on")];
        const other = await bodyOf("deepseek", {
          model: "other",
          request: { ...WITH_TOOL, messages: history },
        });
        expect(JSON.stringify(other)).not.toContain("Hm");
      }),
      says("A limit of money or credit is never retried, whatever its status is.", async () => {
        for (const [status, body] of [
          [429, fault("No", { type: "insufficient_quota" })],
          [402, fault("Insufficient Balance")],
          [429, fault("No", { code: "project_spend_limit_exceeded" })],
        ] as const) {
          const { error, sent } = await failure("openai", { api: "chat", replies: [{ status, body }] });
          expect([error.code, sent.length]).toEqual(["usage-limit", 1]);
        }
      }),
      says(
        "An optional parameter that a server refuses is left out from then on, and a warning says so.",
        async () => {
          const refused = {
            status: 400,
            body: fault("Unrecognized request argument supplied: stream_options"),
          };
          const { sent, warnings } = await call("groq", { replies: [refused, OK] });
          expect(sent.map(({ body }) => "stream_options" in body)).toEqual([true, false]);
          expect(warnings).toHaveLength(1);
        },
      ),
    ],
  },
];
