import type { PluginKind } from "./found-plugins.ts";

const FUNCTIONS: Readonly<
  Record<PluginKind, { readonly needed: readonly string[]; readonly optional: readonly string[] }>
> = {
  transports: { needed: ["create"], optional: ["account", "profiles", "useProfile", "usage", "logout"] },
  transportSettings: { needed: [], optional: [] },
  tools: { needed: ["open"], optional: [] },
  guards: { needed: ["open"], optional: [] },
  selectors: { needed: ["open"], optional: [] },
};

/** Says what is wrong with the form of a plugin; `undefined` where it is right. */
export function pluginMistake(kind: PluginKind, value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return `it is ${nameOf(value)} and not an object`;
  const plugin = value as Readonly<Record<string, unknown>>;
  if (typeof plugin["title"] !== "string" || plugin["title"].trim() === "")
    return 'it has no "title", a text';
  const { needed, optional } = FUNCTIONS[kind];
  for (const name of needed) if (typeof plugin[name] !== "function") return `it has no function "${name}"`;
  for (const name of optional)
    if (plugin[name] !== undefined && typeof plugin[name] !== "function")
      return `its "${name}" is ${nameOf(plugin[name])} and not a function`;
  if (kind === "transportSettings" && !isComponent(plugin["Screen"])) return 'it has no component "Screen"';
  return undefined;
}

/** Says what is wrong with what `open` gave, or `create`; `undefined` where it is right. */
export function openedMistake(kind: PluginKind, value: unknown): string | undefined {
  if (kind === "guards" || kind === "selectors")
    return typeof value === "function" ? undefined : `open() gave ${nameOf(value)} and not a function`;
  const call = kind === "tools" ? "open()" : "create()";
  if (typeof value !== "object" || value === null) return `${call} gave ${nameOf(value)} and not an object`;
  const opened = value as Readonly<Record<string, unknown>>;
  if (kind === "tools") return Array.isArray(opened["tools"]) ? undefined : 'open() gave no list "tools"';
  if (typeof opened["stream"] !== "function") return 'create() gave something without a function "stream"';
  if (typeof opened["name"] !== "string") return 'create() gave a transport without a "name"';
  if (typeof opened["model"] !== "object" || typeof opened["models"] !== "object")
    return 'create() gave a transport without "model" and "models"';
  return undefined;
}

/** React's `memo` and `forwardRef` give objects. */
function isComponent(value: unknown): boolean {
  return typeof value === "function" || (typeof value === "object" && value !== null && "$$typeof" in value);
}

function nameOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`.replace("a object", "an object");
}
