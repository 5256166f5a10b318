import { AxioError, type JsonObject } from "axio";

/** The parameters that a service rejects. */
export interface UnsupportedParameters {
  readonly names: ReadonlySet<string>;
  /** The sentence that says why. */
  readonly reason: string;
}

/** The parameters that a caller added, partitioned. */
export interface PartitionedParameters {
  readonly sent: JsonObject;
  /** An error for each parameter that is not sent. */
  readonly rejected: readonly AxioError[];
}

const NONE: UnsupportedParameters = { names: new Set(), reason: "" };

/**
 * Partitions parameters into those that are sent and those that are not.
 *
 * @param own The parameters that the transport sets itself.
 */
export function partitionParameters(
  parameters: JsonObject,
  own: ReadonlySet<string>,
  { names, reason }: UnsupportedParameters = NONE,
): PartitionedParameters {
  const isSent = (name: string): boolean => !own.has(name) && !names.has(name);
  return {
    sent: Object.fromEntries(Object.entries(parameters).filter(([name]) => isSent(name))),
    rejected: Object.keys(parameters)
      .filter((name) => !isSent(name))
      .map((name) => rejection(name, own.has(name) ? "The transport sets it itself." : reason)),
  };
}

function rejection(name: string, reason: string): AxioError {
  return new AxioError(
    "unsupported-parameter",
    `The parameter ${JSON.stringify(name)} is not sent. ${reason} Omit it.`,
    { details: { parameter: name } },
  );
}
