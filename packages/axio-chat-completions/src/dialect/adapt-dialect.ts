import type { AxioError } from "axio";
import type { Dialect } from "./dialect.ts";

/**
 * The dialect without what a server just refused, or `undefined` if the refused parameter is not one that can be left out.
 * A transport repeats the request once with the result, and keeps it for the server.
 *
 * @example
 * ```ts
 * import { AxioError } from "axio";
 * import { adaptDialect, DIALECTS } from "axio-chat-completions";
 *
 * const error = new AxioError("unsupported-parameter", "", { details: { parameter: "stream_options" } });
 * adaptDialect(DIALECTS.vllm, error)?.streamOptions; // undefined
 * ```
 */
export function adaptDialect(dialect: Dialect, error: AxioError): Dialect | undefined {
  const parameter = error.details.parameter ?? "";
  if (dialect.systemRole !== "system" && /\bdeveloper\b|message role/i.test(error.message)) {
    return { ...dialect, systemRole: "system" };
  }
  if (error.code !== "unsupported-parameter") return undefined;
  if (/\bstrict\b/.test(parameter) && dialect.strict) return { ...dialect, strict: false };
  const [member = ""] = parameter.split(/[.[]/);
  if (member === "stream_options" && dialect.streamOptions !== undefined) {
    // Older servers know `include_usage` alone.
    const isMinimal = Object.keys(dialect.streamOptions).every((name) => name === "include_usage");
    return { ...dialect, streamOptions: isMinimal ? undefined : { include_usage: true } };
  }
  if (member === dialect.maxTokensParameter) {
    const other = member === "max_tokens" ? "max_completion_tokens" : "max_tokens";
    return { ...dialect, maxTokensParameter: other };
  }
  const settings = Object.entries(dialect.settings);
  if (settings.some(([, name]) => name === member)) {
    const left = settings.filter(([, name]) => name !== member);
    return { ...dialect, settings: Object.fromEntries(left) };
  }
  const parameters = dialect.parameters.filter((name) => name !== member);
  return parameters.length < dialect.parameters.length ? { ...dialect, parameters } : undefined;
}
