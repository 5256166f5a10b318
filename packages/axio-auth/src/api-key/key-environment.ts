import { AxioError } from "axio";
import { readApiKey } from "./api-key.ts";

/** The environment variables that may hold a key. */
export interface KeyVariables {
  /** Their names, the first that is set counts: `["OPENAI_API_KEY"]`. */
  readonly variables: readonly string[];
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Returns the key of the environment, and the variable that has it; `undefined` if none is set. A variable of blanks counts as
 * not set.
 *
 * @throws AxioError `invalid-argument` if the variable holds no key.
 */
export function apiKeyFromEnvironment({
  variables,
  env = process.env,
}: KeyVariables): { readonly apiKey: string; readonly variable: string } | undefined {
  for (const variable of variables) {
    const value = env[variable];
    if (value === undefined || value.trim() === "") continue;
    try {
      return { apiKey: readApiKey(value), variable };
    } catch (cause) {
      throw new AxioError(
        "invalid-argument",
        `The environment variable ${variable} holds no API key. Correct it, or unset it.`,
        { cause },
      );
    }
  }
  return undefined;
}
