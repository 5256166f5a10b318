/** Things that the real service may or may not accept: the documentation does not say. */
const UNKNOWN_RULES = [
  /** Functions and custom tools in `tools`, outside a namespace. */
  "flat_tools",
  "tool_choice",
  "parallel_tool_calls",
  "stream_options",
  "client_metadata",
  "prompt_cache_options",
  "text_format",
  "text_verbosity",
  /** A sign-in without `ext_agent_host_id`. */
  "missing_host_id",
] as const;

/** Something that the real service may or may not accept. */
export type UnknownRule = (typeof UNKNOWN_RULES)[number];

/** Whether each rule refuses (`strict`) or accepts (`lenient`). */
export type UnknownRules = Readonly<Record<UnknownRule, "strict" | "lenient">>;

/** The rules that are lenient. */
export function resolveUnknowns(
  unknowns: "strict" | "lenient" | Partial<UnknownRules>,
): ReadonlySet<UnknownRule> {
  return new Set(
    UNKNOWN_RULES.filter((rule) => (typeof unknowns === "string" ? unknowns : unknowns[rule]) === "lenient"),
  );
}
