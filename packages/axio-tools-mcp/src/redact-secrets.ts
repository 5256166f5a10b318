import { stripVTControlCharacters } from "node:util";
import type { McpServerConfig } from "./server-config.ts";

// Redacting shorter values would remove words such as "1" or "true" from every message.
const MIN_LENGTH = 5;
const SECRET_NAME = /key|token|secret|password|auth|credential/i;

/** Returns possible secrets: all values of `env` and `headers`, arguments by their name, and parts of the URL. */
function secretsOf(config: McpServerConfig): readonly string[] {
  if ("url" in config) {
    const { username, password, searchParams } = new URL(config.url);
    const headers = Object.values(config.headers ?? {});
    // Also the header values without the authentication scheme.
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

/** Returns a function that removes the secrets of a config, and control sequences, from a text. */
export function redactSecrets(config: McpServerConfig): (text: string) => string {
  const secrets = [...new Set(secretsOf(config))]
    .filter((secret) => secret.length >= MIN_LENGTH)
    // A longer secret may contain a shorter one.
    .sort((a, b) => b.length - a.length);
  return (text) =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, "***"), stripVTControlCharacters(text));
}

/** Returns a server's program, or its URL without credentials and query. */
export function serverAddress(config: McpServerConfig): string {
  if ("command" in config) return config.command;
  const { origin, pathname } = new URL(config.url);
  return origin + pathname;
}
