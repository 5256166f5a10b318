import { AxioError, type JsonObject } from "axio";

/** A member of a request that has no effect. */
export interface Unsupported {
  /** The path of the member: `"temperature"`. */
  readonly parameter: string;
  /** Why it has no effect, as a sentence. */
  readonly reason: string;
}

/** The members that an API has. */
export interface KnownMembers {
  /** The members that have an effect. */
  readonly known: ReadonlySet<string>;
  /** Why others have none. Members that are not listed are unknown to the API. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Values that ask for what happens anyway. Default: none. */
  readonly defaults?: ReadonlyMap<string, JsonObject[string]> | undefined;
}

/** Lists the members of a request that have no effect. `null` and an empty list ask for nothing. */
export function unsupportedMembers(
  body: JsonObject,
  { known, reasons, defaults }: KnownMembers,
): readonly Unsupported[] {
  const unsupported: Unsupported[] = [];
  for (const parameter in body) {
    const value = body[parameter];
    if (known.has(parameter) || value === null || value === defaults?.get(parameter)) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    const reason = Object.hasOwn(reasons, parameter) ? reasons[parameter] : undefined;
    unsupported.push({ parameter, reason: reason ?? "The parameter is unknown." });
  }
  return unsupported;
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
