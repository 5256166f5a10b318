import { AxioError, type JsonObject } from "axio";

/** A member of a request that has no effect. */
export interface Unsupported {
  /** The path of the member: `"temperature"`. */
  readonly parameter: string;
  /** Why it has no effect, as a sentence. */
  readonly reason: string;
}

/**
 * Lists the members of a request that have no effect.
 *
 * @param known The members that have an effect.
 * @param reasons The reasons for members that the API has. Others are unknown to it.
 */
export function unsupportedMembers(
  body: JsonObject,
  known: ReadonlySet<string>,
  reasons: Readonly<Record<string, string>>,
): readonly Unsupported[] {
  return Object.entries(body).flatMap(([parameter, value]) => {
    if (value === null || known.has(parameter)) return [];
    const reason = Object.hasOwn(reasons, parameter) ? reasons[parameter] : undefined;
    return [{ parameter, reason: reason ?? "The parameter is unknown." }];
  });
}

/**
 * Refuses a request of which any member has no effect.
 *
 * @throws AxioError `unsupported-parameter` that names the members.
 */
export function assertSupported(unsupported: readonly Unsupported[]): void {
  const first = unsupported[0];
  if (first === undefined) return;
  const sentences = unsupported.map(({ parameter, reason }) => `"${parameter}": ${reason}`);
  throw new AxioError(
    "unsupported-parameter",
    `The request has parameters that have no effect. Omit them. ${sentences.join(" ")}`,
    { details: { status: 400, parameter: first.parameter } },
  );
}
