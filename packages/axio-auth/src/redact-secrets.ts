import { inspect } from "node:util";

/** The members whose text is no secret and helps whoever reads a log. */
const SHOWN = new Set(["accountId", "planType", "clientId", "scope", "tokenType"]);

/**
 * Returns a copy whose secrets do not show in `console.log` and `util.inspect`. Its members are as they were, and
 * `JSON.stringify` writes them all, since a store has to.
 *
 * What Node prints of an uncaught error heeds no such wishes: hang no credentials on an error.
 *
 * A spread copy (`{ ...credentials }`) is a plain object again: hide it anew.
 */
export function redactSecrets<C extends object>(credentials: C): C {
  if (Object.hasOwn(credentials, inspect.custom)) return credentials;
  return Object.defineProperty({ ...credentials }, inspect.custom, {
    value(this: object, _depth: number, options: object): string {
      return `Credentials ${inspect(Object.fromEntries(Object.entries(this).map(hideMember)), options)}`;
    },
  });
}

function hideMember([name, value]: [string, unknown]): [string, unknown] {
  const harmless =
    typeof value === "number" || typeof value === "boolean" || value === undefined || value === null;
  return [name, harmless || SHOWN.has(name) ? value : "[hidden]"];
}
