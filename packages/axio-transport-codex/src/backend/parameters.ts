import { AxioError, type JsonObject } from "axio";

const TAKEN_BY = "The transport sets it itself.";
const NOT_TAKEN = "The Codex backend takes no such setting.";

/** What the backend is known to refuse, and what would contradict the rest of the request. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ...[
    "background",
    "frequency_penalty",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "presence_penalty",
    "previous_response_id",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "seed",
    "stream_options",
    "temperature",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
  ].map((name) => [name, NOT_TAKEN] as const),
  ...["include", "input", "instructions", "model", "store", "stream", "tools"].map(
    (name) => [name, TAKEN_BY] as const,
  ),
]);

/** The members of a request that the caller added, sorted out. */
export interface SortedParameters {
  /** Sent as they are. */
  readonly sent: JsonObject;
  /** One for each that is not sent, which says why. */
  readonly refusals: readonly AxioError[];
}

/** Tells apart what the backend takes, or may take, and what it is known to refuse. */
export function sortParameters(parameters: JsonObject): SortedParameters {
  const refusals = Object.keys(parameters).flatMap((name) => {
    const reason = REFUSED.get(name);
    return reason === undefined ? [] : [refusal(name, reason)];
  });
  const sent = Object.fromEntries(Object.entries(parameters).filter(([name]) => !REFUSED.has(name)));
  return { sent, refusals };
}

/** Adds members to a body. `input` stays last, so that each request begins with the bytes of the one before it. */
export function withParameters<Body extends { readonly input: unknown }>(body: Body, sent: JsonObject): Body {
  const { input, ...rest } = body;
  return { ...rest, ...sent, input } as unknown as Body;
}

function refusal(name: string, reason: string): AxioError {
  return new AxioError(
    "unsupported-parameter",
    `The parameter ${JSON.stringify(name)} is not sent. ${reason} Leave it out.`,
    { details: { parameter: name } },
  );
}
