import { stripVTControlCharacters } from "node:util";
import type { McpServerConfig } from "./server-config.ts";

// Shorter ones would take words such as "1" or "true" out of every message.
const SHORTEST = 5;
const SECRET_NAME = /key|token|secret|password|auth|credential/i;

/** What may be a secret in a config: all values of `env` and `headers`, arguments by their name, what stands in an address. */
function secretsOf(config: McpServerConfig): readonly string[] {
  if ("url" in config) {
    const { username, password, searchParams } = new URL(config.url);
    const headers = Object.values(config.headers ?? {});
    // What is in a header without the name of the scheme.
    return [
      ...headers,
      ...headers.flatMap((value) => value.split(" ")),
      username,
      password,
      ...searchParams.values(),
    ];
  }
  const { args = [], env = {} } = config;
  const fromArgs = args.flatMap((arg, index) => {
    const [name = "", ...value] = arg.split("=");
    if (value.length > 0 && SECRET_NAME.test(name)) return [value.join("=")];
    return SECRET_NAME.test(args[index - 1] ?? "") ? [arg] : [];
  });
  return [...Object.values(env), ...fromArgs];
}

/** Gives a function that takes the secrets of a config, and control sequences, out of a text. */
export function redactSecrets(config: McpServerConfig): (text: string) => string {
  const secrets = [...new Set(secretsOf(config))]
    .filter((secret) => secret.length >= SHORTEST)
    // A long one may contain a short one.
    .sort((a, b) => b.length - a.length);
  return (text) =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, "***"), stripVTControlCharacters(text));
}

/** What a server is called in messages: its program, or its address without what may be secret in it. */
export function serverPlace(config: McpServerConfig): string {
  if ("command" in config) return config.command;
  const { origin, pathname } = new URL(config.url);
  return origin + pathname;
}
