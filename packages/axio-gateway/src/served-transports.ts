import { AxioError, type CompletionTransport } from "axio";
import type { GatewayOptions } from "./options.ts";

/**
 * Returns the transports of a gateway by the name of their profile.
 *
 * @throws AxioError `invalid-argument` without a transport; `not-entitled` for a sign-in whose terms forbid general access.
 */
export function transportsOf({
  transport,
  isConnectedApplication = false,
}: GatewayOptions): ReadonlyMap<string, CompletionTransport> {
  const isOne = typeof (transport as CompletionTransport | undefined)?.stream === "function";
  const entries = isOne
    ? [["default", transport as CompletionTransport] as const]
    : Object.entries(transport);
  const transports = new Map(entries as readonly (readonly [string, CompletionTransport])[]);
  if (transports.size === 0)
    throw new AxioError(
      "invalid-argument",
      "The gateway needs a transport. Pass one, or several by the names of their profiles.",
    );
  for (const [profile, { name, notForOthers }] of transports) {
    if (notForOthers !== undefined && !isConnectedApplication)
      throw new AxioError(
        "not-entitled",
        `The gateway does not serve ${JSON.stringify(profile)} (${name}): ${notForOthers} Use another sign-in.`,
        { details: { reason: "sign-in-not-for-gateways" } },
      );
  }
  return transports;
}
