import type { JsonObject, JsonValue } from "axio";
import type { IdIssuer } from "./ids.ts";
import type { InputContent, InputItem } from "./input-items.ts";

const INTERRUPTED = "The call was interrupted before it gave a result.";

interface CallKind {
  /** The types of item that may answer such a call. */
  readonly answers: readonly string[];
  /** An answer for a call that has none. */
  readonly interrupted: (callId: string) => JsonObject;
}

/** Every kind of call that the API refuses without its answer. Those that the server runs itself are not among them. */
const CALLS: ReadonlyMap<string, CallKind> = new Map<string, CallKind>([
  [
    "function_call",
    {
      answers: ["function_call_output"],
      interrupted: (callId) => ({ type: "function_call_output", call_id: callId, output: INTERRUPTED }),
    },
  ],
  [
    "custom_tool_call",
    {
      answers: ["custom_tool_call_output", "function_call_output"],
      interrupted: (callId) => ({ type: "custom_tool_call_output", call_id: callId, output: INTERRUPTED }),
    },
  ],
  [
    "shell_call",
    {
      answers: ["shell_call_output"],
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
      answers: ["apply_patch_call_output"],
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
      answers: ["local_shell_call_output", "function_call_output"],
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
      answers: ["tool_search_output"],
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

const ANSWERS: ReadonlySet<string> = new Set([...CALLS.values()].flatMap((call) => call.answers));

/** A call that waits for its answer, and where it stands in the list that is made. */
interface OpenCall {
  readonly kind: CallKind;
  readonly wireId: string;
  readonly position: number;
}

/**
 * Makes a list of items whole: each call is followed by exactly one answer, each answer follows its call, and all ids are
 * such as the API takes. An answer to no call becomes text of the user; a call without an answer gets one that says so.
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
      // The place of the answer that stands in if none comes.
      paired.push(undefined);
    } else if (ANSWERS.has(item.type) && callId !== undefined) {
      const waiting = open.get(callId) ?? [];
      const answered = waiting.find((call) => call.kind.answers.includes(item.type));
      if (answered === undefined) {
        paired.push(asUserText(item, callId));
      } else {
        open.set(
          callId,
          waiting.filter((call) => call !== answered),
        );
        paired.push(withItemId(asAnswer(item, answered), ids));
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
  // A tool search that the server ran has its answer among the server's own items.
  if (item.type === "tool_search_call" && memberOf(item, "execution") !== "client") return undefined;
  return CALLS.get(item.type);
}

function callIdOf(item: InputItem): string | undefined {
  // The API's description gives this one the call's id as its own.
  const alternative = item.type === "local_shell_call_output" ? memberOf(item, "id") : undefined;
  const callId = memberOf(item, "call_id") ?? alternative;
  return typeof callId === "string" ? callId : undefined;
}

function asAnswer(item: InputItem, call: OpenCall): InputItem {
  const type = call.kind.answers[0] === "custom_tool_call_output" ? "custom_tool_call_output" : item.type;
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
  const id = memberOf(item, "id");
  if (typeof id !== "string") return item;
  const wireId = id === "" ? ids.mintedItemId(item.type, JSON.stringify(item)) : ids.itemId(item.type, id);
  return wireId === id ? item : ({ ...item, id: wireId } as InputItem);
}

function memberOf(item: JsonObject, name: string): JsonValue | undefined {
  return item[name];
}
