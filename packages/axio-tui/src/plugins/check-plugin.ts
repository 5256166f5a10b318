import type { PluginKind } from "./found-plugins.ts";

const FUNCTIONS: Readonly<
  Record<PluginKind, { readonly needed: readonly string[]; readonly optional: readonly string[] }>
> = {
  transports: { needed: ["create"], optional: ["account", "profiles", "useProfile", "usage", "logout"] },
  transportSettings: { needed: ["open"], optional: [] },
  tools: { needed: ["open"], optional: [] },
  guards: { needed: ["open"], optional: [] },
  selectors: { needed: ["open"], optional: [] },
};

const SCREEN_FUNCTIONS = ["render", "handleInput", "subscribe", "close"] as const;

/** Returns what is wrong with an exported plugin; `undefined` if it is valid. */
export function pluginMistake(kind: PluginKind, value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return `it is ${nameOf(value)} and not an object`;
  const plugin = value as Readonly<Record<string, unknown>>;
  if (typeof plugin["title"] !== "string" || plugin["title"].trim() === "") return 'it has no text "title"';
  const { needed, optional } = FUNCTIONS[kind];
  for (const name of needed) if (typeof plugin[name] !== "function") return `it has no function "${name}"`;
  for (const name of optional)
    if (plugin[name] !== undefined && typeof plugin[name] !== "function")
      return `its "${name}" is ${nameOf(plugin[name])} and not a function`;
  return undefined;
}

/** Returns what is wrong with the result of `open()` or `create()`; `undefined` if it is valid. */
export function openedMistake(kind: PluginKind, value: unknown): string | undefined {
  if (kind === "guards" || kind === "selectors")
    return typeof value === "function" ? undefined : `open() returned ${nameOf(value)} and not a function`;
  if (kind === "transportSettings") {
    const screen = (typeof value === "object" && value !== null ? value : {}) as Readonly<
      Record<string, unknown>
    >;
    const missing = SCREEN_FUNCTIONS.find((name) => typeof screen[name] !== "function");
    return missing === undefined ? undefined : `open() returned a screen without a function "${missing}"`;
  }
  const call = kind === "tools" ? "open()" : "create()";
  if (typeof value !== "object" || value === null)
    return `${call} returned ${nameOf(value)} and not an object`;
  const opened = value as Readonly<Record<string, unknown>>;
  if (kind === "tools") return Array.isArray(opened["tools"]) ? undefined : 'open() returned no list "tools"';
  if (typeof opened["stream"] !== "function")
    return 'create() returned something without a function "stream"';
  if (typeof opened["name"] !== "string") return 'create() returned a transport without a "name"';
  if (typeof opened["model"] !== "object" || typeof opened["models"] !== "object")
    return 'create() returned a transport without "model" and "models"';
  return undefined;
}

function nameOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`.replace("a object", "an object");
}
