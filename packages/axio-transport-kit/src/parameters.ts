import { AxioError, type JsonObject } from "axio";

const TAKEN_BY = "The transport sets it itself.";

/** What every transport sets itself. */
const TAKEN: ReadonlySet<string> = new Set([
  "include",
  "input",
  "instructions",
  "model",
  "store",
  "stream",
  "tools",
]);

/** What a backend is known to refuse. */
export interface UnsupportedParameters {
  readonly names: ReadonlySet<string>;
  /** The sentence that says why. */
  readonly reason: string;
}

/** The members of a request that the caller added, sorted out. */
export interface PartitionedParameters {
  /** Sent as they are. */
  readonly sent: JsonObject;
  /** One for each that is not sent, which says why. */
  readonly rejected: readonly AxioError[];
}

/** Tells apart what the backend takes, or may take, and what is not sent. */
export function partitionParameters(
  parameters: JsonObject,
  { names, reason }: UnsupportedParameters,
): PartitionedParameters {
  const isSent = (name: string): boolean => !TAKEN.has(name) && !names.has(name);
  return {
    sent: Object.fromEntries(Object.entries(parameters).filter(([name]) => isSent(name))),
    rejected: Object.keys(parameters)
      .filter((name) => !isSent(name))
      .map((name) => refusal(name, TAKEN.has(name) ? TAKEN_BY : reason)),
  };
}

/** Adds members to a body. `input` stays last, so that each request begins with the bytes of the one before it. */
export function withParameters<Body extends { readonly input: unknown }>(body: Body, sent: JsonObject): Body {
  if (Object.keys(sent).length === 0) return body;
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
