import type { RequestBody } from "./body.ts";
import { inNamespace, type NamespaceToolParam } from "./namespace.ts";
import type { ToolParam } from "./tools.ts";

/** The body for a ChatGPT plan: own tools stand in a namespace, and what says nothing is not said. */
export interface PlanRequestBody extends Omit<RequestBody, "tools" | "tool_choice" | "parallel_tool_calls"> {
  tools?: (ToolParam | NamespaceToolParam)[];
  tool_choice?: RequestBody["tool_choice"];
  parallel_tool_calls?: false;
}

/**
 * Turns a body into the one that OpenAI's API takes from a sign-in with ChatGPT. It takes functions and free-form tools
 * inside a namespace only. Of some members it is not known whether it takes them: those that only say what goes without
 * saying are left out. Pure: the same body gives the same bytes.
 */
export function toPlanBody(body: RequestBody): PlanRequestBody {
  const { model, instructions, tools, tool_choice: choice, parallel_tool_calls: isParallel, ...rest } = body;
  return {
    model,
    instructions,
    ...(tools.length === 0 ? {} : { tools: inNamespace(tools) }),
    ...(choice === "auto" ? {} : { tool_choice: choice }),
    ...(isParallel ? {} : { parallel_tool_calls: false }),
    ...rest,
  };
}
