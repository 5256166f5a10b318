import type { AxioError } from "axio";
import type { ErrorRule } from "axio-http";
import { classifyFault } from "axio-transport-kit";

/** Errors that the API words itself. Pages and empty bodies, and what concerns the place, are left to the general rules. */
export const planRule: ErrorRule = (fault) => {
  if (fault.body === undefined || fault.details.peerCode === "unsupported_country_region_territory")
    return undefined;
  return classifyFault(fault);
};

/** A user whom the service does not recognise is not one whose token has ended: a newer one is of no use. */
export function mayRefresh({ details }: AxioError): boolean {
  return !/^subscription_sharing_(v\d+_)?invalid_user$/.test(details.peerCode ?? "");
}
