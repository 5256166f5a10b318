import { fingerprint } from "axio/internal";

const MAX_LENGTH = 64;

/** Returns a tool's name as the API accepts it. */
export function toWireName(name: string): string {
  if (/^[a-zA-Z0-9_-]{1,128}$/.test(name)) return name;
  const mark = `_${fingerprint(name, 8)}`;
  return name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, MAX_LENGTH - mark.length) + mark;
}

/** Returns the function that turns the names of a request's tools back. */
export function wireNameReader(tools: readonly { readonly name: string }[]): (wireName: string) => string {
  const names = new Map(tools.map(({ name }) => [toWireName(name), name]));
  return (wireName) => names.get(wireName) ?? wireName;
}
