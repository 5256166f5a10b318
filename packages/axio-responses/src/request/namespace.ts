import type { ToolParam } from "./tools.ts";

/** Tools under one name. */
export interface NamespaceToolParam {
  type: "namespace";
  name: string;
  description: string;
  tools: ToolParam[];
}

/** The namespace that models know their caller's own tools by. */
const NAMESPACE = "functions";

/** Puts functions and free-form tools into a namespace; those that the server runs stand beside it. */
export function inNamespace(tools: readonly ToolParam[]): (ToolParam | NamespaceToolParam)[] {
  const isOwn = ({ type }: ToolParam): boolean => type === "function" || type === "custom";
  const own = tools.filter(isOwn);
  const namespace: NamespaceToolParam = { type: "namespace", name: NAMESPACE, description: "", tools: own };
  return [...(own.length === 0 ? [] : [namespace]), ...tools.filter((tool) => !isOwn(tool))];
}
