import type { ModelFacts } from "../models/model-facts.ts";
import type { HostRules } from "../request/host-rules.ts";

/** What a host and one of its models accept, as far as it is known or was learned from refusals. */
export interface Accepted {
  readonly rules: HostRules;
  readonly facts: ModelFacts;
}

/** A lesson from a refusal: what is accepted instead, and what is no longer sent. */
export interface Lesson {
  readonly accepted: Accepted;
  /** What changes, as a sentence. */
  readonly message: string;
}
