import type { CustomToolParam, FunctionToolParam, ToolParam } from "./tools.ts";

/** Tools under one name. */
export type NamespaceToolParam = {
  type: "namespace";
  name: string;
  description: string;
  tools: (FunctionToolParam | CustomToolParam)[];
};

/** The namespace in which models expect the tools of their caller. */
const NAMESPACE = "functions";

/** Moves functions and free-form tools into a namespace. Tools that the provider runs stay beside it. */
export function toNamespace(
  tools: readonly (ToolParam | NamespaceToolParam)[],
): (ToolParam | NamespaceToolParam)[] {
  const isOwn = (tool: ToolParam | NamespaceToolParam): tool is FunctionToolParam | CustomToolParam =>
    tool.type === "function" || tool.type === "custom";
  const own = tools.filter(isOwn);
  const namespace: NamespaceToolParam = { type: "namespace", name: NAMESPACE, description: "", tools: own };
  return [...(own.length === 0 ? [] : [namespace]), ...tools.filter((tool) => !isOwn(tool))];
}
