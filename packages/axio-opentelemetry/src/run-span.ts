import { type Attributes, type Span, SpanKind, trace } from "@opentelemetry/api";
import type { ObservedRun, RunOutcome, RunStart } from "axio";
import { modelId, runAttributes, usageAttributes } from "./attributes.ts";
import { outputMessages } from "./content.ts";
import { endSpan, secondsSince } from "./end-span.ts";
import { enter, parentContext, type RunCounter, type Scope } from "./scope.ts";
import type { Telemetry } from "./telemetry.ts";

/** The `invoke_agent` span of one run, and its metrics. */
export class RunSpan implements ObservedRun, RunCounter {
  readonly #telemetry: Telemetry;
  readonly #agentName: string | undefined;
  readonly #run: RunStart;
  readonly #span: Span;
  readonly #scope: Scope;
  readonly #startedAt: number = performance.now();
  #requests = 0;
  #toolCalls = 0;

  constructor(telemetry: Telemetry, agentName: string | undefined, run: RunStart) {
    this.#telemetry = telemetry;
    this.#agentName = agentName;
    this.#run = run;
    const name = agentName === undefined ? "invoke_agent" : `invoke_agent ${agentName}`;
    const parent = parentContext();
    const attributes = runAttributes(run, agentName, telemetry.recordContent);
    this.#span = telemetry.tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes }, parent);
    this.#scope = { context: trace.setSpan(parent, this.#span), run: this, request: undefined };
  }

  within<Result>(work: () => Result): Result {
    return enter(this.#scope, work);
  }

  countRequest(): void {
    this.#requests += 1;
  }

  countToolCall(): void {
    this.#toolCalls += 1;
  }

  end(outcome: RunOutcome): void {
    const { instruments, recordContent } = this.#telemetry;
    const type = outcome.ok ? undefined : outcome.error.code;
    const attributes: Attributes = {
      "gen_ai.agent.name": this.#agentName,
      ...(type === undefined ? {} : { "error.type": type }),
    };
    // The transport may have chosen it with the first request only.
    const { model, transport } = this.#run;
    this.#span.setAttribute("gen_ai.request.model", modelId(model ?? transport.model));
    if (outcome.ok) {
      const { usage, endReason, steps, messages, stopReason } = outcome.result;
      this.#span.setAttributes({
        ...usageAttributes(usage),
        "axio.end_reason": endReason,
        "axio.steps": steps,
      });
      const last = messages.at(-1);
      if (recordContent && last !== undefined)
        this.#span.setAttribute("gen_ai.output.messages", outputMessages(last.content, stopReason));
    }
    instruments.agentDuration.record(secondsSince(this.#startedAt), attributes);
    instruments.inferenceCalls.record(this.#requests, attributes);
    instruments.toolCalls.record(this.#toolCalls, attributes);
    endSpan(this.#span, type);
  }
}
