import type { PluginKind } from "./found-plugins.ts";

/** Every kind of plugin, in the order in which they are shown. */
export const PLUGIN_KINDS: readonly PluginKind[] = [
  "transports",
  "transportSettings",
  "tools",
  "guards",
  "selectors",
];

/** Tells whether a member of `axio` in a `package.json` is a kind that this version knows. */
export function isPluginKind(member: string): member is PluginKind {
  return (PLUGIN_KINDS as readonly string[]).includes(member);
}
