import { AxioError } from "axio";

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Puts variables of the surroundings in the place of `${NAME}` and `${NAME:-default}`, so that a secret need not lie in a file.
 *
 * @throws AxioError `invalid-argument` where a variable is not set and has no default.
 */
export function expandVariables(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  member: string,
): string {
  return text.replace(VARIABLE, (_, name: string, fallback: string | undefined) => {
    const value = env[name] ?? fallback;
    if (value !== undefined) return value;
    throw new AxioError(
      "invalid-argument",
      `${member} names the variable ${name}, which is not set. Set it, or write \${${name}:-default}.`,
    );
  });
}
