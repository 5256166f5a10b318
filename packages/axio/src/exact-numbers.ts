/** Strings and numbers of a JSON text. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
/** From 16 digits on, an integer may be beyond 2^53. A number with an exponent may be infinite. */
const LONG_NUMBER = /\d{16}|\d[eE]\+?\d{3}/;

/**
 * Finds an integer in a JSON text that JavaScript cannot represent, so that `JSON.parse` changes its value.
 *
 * @returns The integer as it is written, or `undefined` if `JSON.parse` keeps all integers.
 */
export function findInexactInteger(json: string): string | undefined {
  if (!LONG_NUMBER.test(json)) return undefined;
  for (const [token] of json.matchAll(TOKENS)) if (isInexact(token)) return token;
  return undefined;
}

function isInexact(token: string): boolean {
  if (token.startsWith('"')) return false;
  const value = Number(token);
  if (!Number.isFinite(value)) return true;
  return /^-?\d{16,}$/.test(token) && BigInt(token) !== BigInt(value);
}

/** Says what is wrong with an inexact integer. */
export function inexactIntegerIssue(integer: string): string {
  const start = integer.length > 40 ? `${integer.slice(0, 40)}…` : integer;
  return `has the integer ${start}, which cannot be represented exactly. Send it as a string if the schema allows it.`;
}
