import { AxioError } from "axio";

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}` with environment variables, so that secrets can stay out of files.
 *
 * @throws AxioError `invalid-argument` if a variable is not set and has no default.
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
      `${member} refers to the environment variable ${name}, which is not set. Set it, or use \${${name}:-default}.`,
    );
  });
}
