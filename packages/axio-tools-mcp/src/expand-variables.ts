import { AxioError } from "axio";

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** The variables that a config may refer to. */
export interface ConfigVariables {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The names that are replaced. Default: all. */
  readonly allowed?: readonly string[] | undefined;
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` with environment variables, so that secrets can stay out of files.
 *
 * @throws AxioError `invalid-argument` if a variable is not set or not allowed, and has no default.
 */
export function expandVariables(text: string, { env, allowed }: ConfigVariables, member: string): string {
  return text.replace(VARIABLE, (_, name: string, fallback: string | undefined) => {
    const isAllowed = allowed === undefined || allowed.includes(name);
    const value = (isAllowed && Object.hasOwn(env, name) ? env[name] : undefined) ?? fallback;
    if (value !== undefined) return value;
    throw new AxioError(
      "invalid-argument",
      isAllowed
        ? `${member} refers to the environment variable ${name}, which is not set. Set it, or use \${${name}:-default}.`
        : `${member} refers to the environment variable ${name}, which this file may not read. If you want to give it that value, add ${JSON.stringify(name)} to "projectVariables" in your settings.`,
    );
  });
}
