import { isJsonObject, type JsonObject } from "axio";

/** The beta that each edit of `context_management` needs. */
const EDIT_BETAS: readonly (readonly [prefix: string, beta: string])[] = [
  ["compact_", "compact-2026-01-12"],
  ["", "context-management-2025-06-27"],
];

/** The beta that a type of tool needs. */
const TOOL_BETAS: readonly (readonly [prefix: string, beta: string])[] = [
  ["advisor_", "advisor-tool-2026-03-01"],
  ["mcp_toolset", "mcp-client-2025-11-20"],
];

/** Returns the values of `anthropic-beta` that a body needs, without those that were refused. */
export function betasOf(
  body: JsonObject,
  more: readonly string[],
  refused: readonly string[],
): readonly string[] {
  const { thinking, tools, context_management: management, output_config: output, diagnostics } = body;
  const betas = new Set<string>();
  for (const edit of objectsIn(isJsonObject(management) ? management["edits"] : undefined)) {
    add(EDIT_BETAS, edit["type"]);
  }
  for (const tool of objectsIn(tools)) add(TOOL_BETAS, tool["type"]);
  const isEnabled = isJsonObject(thinking) && thinking["type"] === "enabled";
  // The model then thinks between tool calls too, as newer ones do without it.
  if (isEnabled && objectsIn(tools).length > 0) betas.add("interleaved-thinking-2025-05-14");
  if (isJsonObject(thinking) && thinking["display"] === "updates") {
    betas.add("thinking-display-updates-2026-08-18");
  }
  if (isJsonObject(output) && output["task_budget"] !== undefined) betas.add("task-budgets-2026-03-13");
  if (isJsonObject(diagnostics)) betas.add("cache-diagnosis-2026-04-07");
  for (const beta of more) betas.add(beta);
  return [...betas].filter((beta) => !refused.includes(beta));

  function add(rules: typeof EDIT_BETAS, type: unknown): void {
    const rule = rules.find(([prefix]) => typeof type === "string" && type.startsWith(prefix));
    if (rule !== undefined) betas.add(rule[1]);
  }
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
