import { AxioError, type ToolDefinition } from "axio";

/** How the API words the refusal of a tool that it would run itself. */
const REFUSED = /hosted tool|tool .*(not supported|not available|not enabled)/i;

/** The same error, saying what can be done where the account or the model lacks a tool that the backend runs. */
export function namingHostedTools(error: AxioError, tools: readonly ToolDefinition[]): AxioError {
  const hosted = tools.flatMap((tool) => (tool.hosted === undefined ? [] : [tool.name]));
  const isRefusal = error.code === "invalid-request" || error.code === "unsupported-parameter";
  if (!isRefusal || hosted.length === 0 || !REFUSED.test(error.message)) return error;
  return new AxioError(
    error.code,
    `${error.message} The agent offers ${hosted.join(" and ")}, which the backend runs: leave out what this account or model lacks, or choose another model.`,
    { cause: error, details: error.details },
  );
}
