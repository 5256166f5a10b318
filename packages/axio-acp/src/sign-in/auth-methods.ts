import type { AuthMethod } from "@agentclientprotocol/sdk";
import type { Provider } from "axio/plugin";

/** The end of the ids of methods that a terminal is needed for. */
const TERMINAL = "-terminal";

/** A provider that users sign in to. */
export interface SignInProvider {
  readonly name: string;
  readonly provider: Pick<Provider, "title" | "signIn">;
}

/**
 * Returns how users can sign in: in the browser, which the agent opens; or in a terminal, which the editor opens if it can.
 *
 * @param hasTerminal Whether the editor opens terminals for sign-ins.
 */
export function authMethods(providers: readonly SignInProvider[], hasTerminal: boolean): AuthMethod[] {
  return providers.flatMap(({ name, provider: { title, signIn } }): AuthMethod[] => {
    if (signIn === undefined) return [];
    const browser: AuthMethod = {
      id: name,
      name: `Sign in to ${title}`,
      description: "Opens the browser on this computer",
    };
    const terminal: AuthMethod = {
      type: "terminal",
      id: `${name}${TERMINAL}`,
      name: `Sign in to ${title} in a terminal`,
      description: "For an API key, or a computer without a browser",
      args: ["--login", name],
    };
    const command: AuthMethod = {
      id: `${name}${TERMINAL}`,
      name: `Sign in to ${title}`,
      description: `Run this in a terminal: axio-acp --login ${name}`,
    };
    const needsTerminal = !signIn.methods.includes("browser");
    return [
      ...(needsTerminal ? [] : [browser]),
      ...(hasTerminal ? [terminal] : needsTerminal ? [command] : []),
    ];
  });
}

/** Reads the id of a method: which provider, and whether the agent itself can do it. */
export function readMethod(id: string): { readonly name: string; readonly inTerminal: boolean } {
  return id.endsWith(TERMINAL)
    ? { name: id.slice(0, -TERMINAL.length), inTerminal: true }
    : { name: id, inTerminal: false };
}
