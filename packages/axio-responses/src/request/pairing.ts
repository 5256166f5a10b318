import type { JsonObject, JsonValue } from "axio";
import type { IdIssuer } from "./ids.ts";
import type { InputContent, InputItem } from "./input-items.ts";

const INTERRUPTED = "The call was interrupted before it returned a result.";

interface CallKind {
  /** The types of items that can be the result of such a call. */
  readonly results: readonly string[];
  /** Returns a result for a call without one. */
  readonly interrupted: (callId: string) => JsonObject;
}

/** Every kind of call that the API rejects without its result. Hosted tools are not among them. */
const CALLS: ReadonlyMap<string, CallKind> = new Map<string, CallKind>([
  [
    "function_call",
    {
      results: ["function_call_output"],
      interrupted: (callId) => ({ type: "function_call_output", call_id: callId, output: INTERRUPTED }),
    },
  ],
  [
    "custom_tool_call",
    {
      results: ["custom_tool_call_output", "function_call_output"],
      interrupted: (callId) => ({ type: "custom_tool_call_output", call_id: callId, output: INTERRUPTED }),
    },
  ],
  [
    "shell_call",
    {
      results: ["shell_call_output"],
      interrupted: (callId) => ({
        type: "shell_call_output",
        call_id: callId,
        output: [{ stdout: "", stderr: INTERRUPTED, outcome: { type: "exit", exit_code: 1 } }],
      }),
    },
  ],
  [
    "apply_patch_call",
    {
      results: ["apply_patch_call_output"],
      interrupted: (callId) => ({
        type: "apply_patch_call_output",
        call_id: callId,
        status: "failed",
        output: INTERRUPTED,
      }),
    },
  ],
  [
    "local_shell_call",
    {
      results: ["local_shell_call_output", "function_call_output"],
      interrupted: (callId) => ({
        type: "local_shell_call_output",
        id: callId,
        call_id: callId,
        output: INTERRUPTED,
      }),
    },
  ],
  [
    "tool_search_call",
    {
      results: ["tool_search_output"],
      interrupted: (callId) => ({
        type: "tool_search_output",
        call_id: callId,
        execution: "client",
        status: "completed",
        tools: [],
      }),
    },
  ],
]);

const NEEDS_ID: ReadonlySet<string> = new Set(["reasoning", "web_search_call", "image_generation_call"]);

const RESULTS: ReadonlySet<string> = new Set([...CALLS.values()].flatMap((call) => call.results));

/** A call without its result so far, and the position of that result. */
interface OpenCall {
  readonly kind: CallKind;
  readonly wireId: string;
  readonly position: number;
}

/**
 * Completes a list of items: each call has exactly one result, which follows it, and the API accepts all ids. A result
 * without a call becomes text of the user. A call without a result gets one that says so.
 */
export function pairCalls(items: readonly InputItem[], ids: IdIssuer): InputItem[] {
  const open = new Map<string, OpenCall[]>();
  const paired: (InputItem | undefined)[] = [];
  for (const item of items) {
    const callId = callIdOf(item);
    const kind = callKindOf(item);
    if (kind !== undefined && callId !== undefined) {
      const wireId = ids.callId(callId);
      paired.push(withItemId({ ...item, call_id: wireId }, ids));
      const waiting = open.get(callId) ?? [];
      open.set(callId, [...waiting, { kind, wireId, position: paired.length }]);
      // The place of the result if none comes.
      paired.push(undefined);
    } else if (RESULTS.has(item.type) && callId !== undefined) {
      const waiting = open.get(callId) ?? [];
      const call = waiting.find(({ kind: { results } }) => results.includes(item.type));
      if (call === undefined) {
        paired.push(asUserText(item, callId));
      } else {
        open.set(
          callId,
          waiting.filter((other) => other !== call),
        );
        paired.push(withItemId(asResult(item, call), ids));
      }
    } else {
      paired.push(withItemId(item, ids));
    }
  }
  for (const call of [...open.values()].flat()) {
    paired[call.position] = { ...call.kind.interrupted(call.wireId) } as InputItem;
  }
  return paired.filter((item) => item !== undefined);
}

function callKindOf(item: InputItem): CallKind | undefined {
  // A tool search that the server ran has its result among the items of the server.
  if (item.type === "tool_search_call" && memberOf(item, "execution") !== "client") return undefined;
  return CALLS.get(item.type);
}

function callIdOf(item: InputItem): string | undefined {
  // In the API's schema, the id of this item is that of its call.
  const alternative = item.type === "local_shell_call_output" ? memberOf(item, "id") : undefined;
  const callId = memberOf(item, "call_id") ?? alternative;
  return typeof callId === "string" ? callId : undefined;
}

function asResult(item: InputItem, call: OpenCall): InputItem {
  const type = call.kind.results[0] === "custom_tool_call_output" ? "custom_tool_call_output" : item.type;
  return { ...item, type, call_id: call.wireId } as InputItem;
}

function asUserText(item: InputItem, callId: string): InputItem {
  const output = memberOf(item, "output");
  const heading = `The result of the tool call ${callId}, which is no longer part of this conversation:`;
  const content: InputContent[] = [{ type: "input_text", text: heading }];
  if (item.type === "function_call_output" && Array.isArray(output)) {
    content.push(...(output as InputContent[]));
  } else {
    content.push({ type: "input_text", text: typeof output === "string" ? output : JSON.stringify(item) });
  }
  return { type: "message", role: "user", content };
}

function withItemId(item: InputItem, ids: IdIssuer): InputItem {
  const id = memberOf(item, "id") ?? (needsId(item) ? "" : undefined);
  if (typeof id !== "string") return item;
  const wireId = id === "" ? ids.contentItemId(item.type, JSON.stringify(item)) : ids.itemId(item.type, id);
  return wireId === id ? item : ({ ...item, id: wireId } as InputItem);
}

/** Whether the API requires an id. A message of the user needs none. */
function needsId(item: InputItem): boolean {
  if (item.type === "message") return memberOf(item, "role") === "assistant";
  return NEEDS_ID.has(item.type);
}

function memberOf(item: JsonObject, name: string): JsonValue | undefined {
  return item[name];
}
