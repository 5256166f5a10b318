import { register } from "node:module";
import { moduleResolve } from "import-meta-resolve";

/** Looked up as the app looks them up, whoever imports them. */
const SHARED = ["react", "react/jsx-runtime", "ink"] as const;

/**
 * The hook that Node asks where a module lies. Text, since Node loads it in a thread of its own, by an address, and a bundle has
 * none for it.
 */
const HOOK = `
let parentURL;
export function initialize(data) { parentURL = data.parentURL; }
export function resolve(specifier, context, next) {
  const isShared = specifier === "react" || specifier.startsWith("react/") || specifier === "ink";
  return next(specifier, isShared ? { ...context, parentURL } : context);
}
`;

let isRegistered = false;

/**
 * Makes sure that a module from elsewhere gets the app's own React and Ink: two copies of React in one screen fail at the first
 * hook, and a package in another `node_modules` may have none at all. Does nothing where it would get them anyway.
 */
export function shareReact(moduleUrl: string, conditions: ReadonlySet<string>): void {
  const from = (specifier: string, parent: string): string | undefined => {
    try {
      return moduleResolve(specifier, new URL(parent), new Set(conditions), false).href;
    } catch {
      return undefined;
    }
  };
  if (isRegistered || SHARED.every((name) => from(name, moduleUrl) === from(name, import.meta.url))) return;
  isRegistered = true;
  register(`data:text/javascript,${encodeURIComponent(HOOK)}`, { data: { parentURL: import.meta.url } });
}
