/** The method that `util.inspect` of Node.js calls, and passes itself to. Other runtimes never do. */
const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

/** Text properties that are not secret and that help the reader of a log. */
const SHOWN = new Set(["accountId", "planType", "clientId", "scope", "tokenType"]);

/**
 * Returns a copy whose secrets do not appear in `console.log` and `util.inspect`. `JSON.stringify` still writes all
 * properties, because stores need them.
 *
 * Node prints uncaught errors without this protection: do not attach credentials to an error. A spread copy
 * (`{ ...credentials }`) is unprotected again.
 */
export function redactSecrets<C extends object>(credentials: C): C {
  if (Object.hasOwn(credentials, CUSTOM)) return credentials;
  return Object.defineProperty({ ...credentials }, CUSTOM, {
    value(
      this: object,
      _depth: number,
      options: object,
      inspect: typeof import("node:util").inspect,
    ): string {
      return `Credentials ${inspect(Object.fromEntries(Object.entries(this).map(redactProperty)), options)}`;
    },
  });
}

function redactProperty([name, value]: [string, unknown]): [string, unknown] {
  const isHarmless =
    typeof value === "number" || typeof value === "boolean" || value === undefined || value === null;
  return [name, isHarmless || SHOWN.has(name) ? value : "[hidden]"];
}
