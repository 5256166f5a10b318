import type { PluginKind } from "./found-plugins.ts";

const FUNCTIONS: Readonly<
  Record<PluginKind, { readonly needed: readonly string[]; readonly optional: readonly string[] }>
> = {
  providers: { needed: ["createTransport"], optional: ["fetchRateLimits", "openScreen"] },
  tools: { needed: ["open"], optional: [] },
  guards: { needed: ["open"], optional: [] },
  selectors: { needed: ["open"], optional: [] },
};

const SIGN_IN_FUNCTIONS = [
  "profiles",
  "profile",
  "login",
  "logout",
  "setDefaultProfile",
  "forgetProfile",
] as const;

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
  return kind === "providers" ? signInMistake(plugin["signIn"]) : undefined;
}

function signInMistake(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null)
    return `its "signIn" is ${nameOf(value)} and not an object`;
  const signIn = value as Readonly<Record<string, unknown>>;
  if (typeof signIn["title"] !== "string") return 'its "signIn" has no text "title"';
  for (const name of ["methods", "stores"])
    if (!Array.isArray(signIn[name])) return `its "signIn" has no list "${name}"`;
  const missing = SIGN_IN_FUNCTIONS.find((name) => typeof signIn[name] !== "function");
  return missing === undefined ? undefined : `its "signIn" has no function "${missing}"`;
}

/** Returns what is wrong with the screen that `openScreen()` returned; `undefined` if it is valid. */
export function screenMistake(value: unknown): string | undefined {
  const screen = (typeof value === "object" && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const missing = SCREEN_FUNCTIONS.find((name) => typeof screen[name] !== "function");
  return missing === undefined ? undefined : `openScreen() returned a screen without a function "${missing}"`;
}

/** Returns what is wrong with the result of `open()` or `createTransport()`; `undefined` if it is valid. */
export function openedMistake(kind: PluginKind, value: unknown): string | undefined {
  if (kind === "guards" || kind === "selectors")
    return typeof value === "function" ? undefined : `open() returned ${nameOf(value)} and not a function`;
  const call = kind === "tools" ? "open()" : "createTransport()";
  if (typeof value !== "object" || value === null)
    return `${call} returned ${nameOf(value)} and not an object`;
  const opened = value as Readonly<Record<string, unknown>>;
  if (kind === "tools") return Array.isArray(opened["tools"]) ? undefined : 'open() returned no list "tools"';
  if (typeof opened["stream"] !== "function")
    return 'createTransport() returned something without a function "stream"';
  if (typeof opened["name"] !== "string") return 'createTransport() returned a transport without a "name"';
  if (typeof opened["model"] !== "object" || typeof opened["models"] !== "object")
    return 'createTransport() returned a transport without "model" and "models"';
  return undefined;
}

function nameOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`.replace("a object", "an object");
}
