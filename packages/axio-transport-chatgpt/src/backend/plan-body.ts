import { type NamespaceToolParam, type RequestBody, type ToolParam, toNamespace } from "axio-responses";

/** A request body for a ChatGPT plan. Parameters with their default value are absent. */
export type PlanRequestBody = Omit<RequestBody, "tools" | "tool_choice" | "parallel_tool_calls"> & {
  tools?: (ToolParam | NamespaceToolParam)[];
  tool_choice?: RequestBody["tool_choice"];
  parallel_tool_calls?: false;
};

/**
 * Converts a body to the form that OpenAI's API accepts from a sign-in with ChatGPT: functions and free-form tools are in a
 * namespace. It is not documented whether the API accepts some parameters, so those with their default value are omitted.
 * The same body always gives the same bytes.
 */
export function toPlanBody(body: RequestBody): PlanRequestBody {
  const { model, instructions, tools, tool_choice: choice, parallel_tool_calls: isParallel, ...rest } = body;
  return {
    model,
    instructions,
    ...(tools.length === 0 ? {} : { tools: toNamespace(tools) }),
    ...(choice === "auto" ? {} : { tool_choice: choice }),
    ...(isParallel ? {} : { parallel_tool_calls: false }),
    ...rest,
  };
}
