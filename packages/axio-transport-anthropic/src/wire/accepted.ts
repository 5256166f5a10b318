import type { ModelFacts } from "../models/model-facts.ts";
import type { HostRules } from "../request/host-rules.ts";

/** The rules of a host and the facts of one of its models, as far as they are known or were learned from refusals. */
export interface Accepted {
  readonly rules: HostRules;
  readonly facts: ModelFacts;
}

/** A lesson from a refusal: what is accepted instead, and what is no longer sent. */
export interface Lesson {
  readonly accepted: Accepted;
  /** A sentence that says what changes. */
  readonly message: string;
}
