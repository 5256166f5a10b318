import type { JsonObject } from "../json.ts";
import { cutText } from "../stream/cut-text.ts";
import type { PlannedCall } from "./pieces.ts";
import type { ChatSwitches } from "./switches.ts";

/** One delta with parts of tool calls. */
export interface CallDelta {
  readonly delta: JsonObject;
  /** Whether it begins a call, or ends one. */
  readonly begins: boolean;
  readonly ends: boolean;
}

/** The deltas of the calls of a response, in the form of a server. */
export function callDeltas(calls: readonly PlannedCall[], switches: ChatSwitches): readonly CallDelta[] {
  switch (switches.calls) {
    case "legacy":
      return calls.slice(0, 1).flatMap(legacyDeltas);
    case "one-delta":
      return calls.length === 0
        ? []
        : [
            delta(
              calls.map((call) => wholeCall(call, switches)),
              true,
              true,
            ),
          ];
    case "whole":
      return calls.map((call) => delta([wholeCall(call, switches)], true, true));
    case "pieces":
      return calls.flatMap((call) => callPieces(call, switches));
    case "interleaved":
      return interleave(calls.map((call) => callPieces(call, switches)));
  }
}

function callPieces(call: PlannedCall, switches: ChatSwitches): readonly CallDelta[] {
  const parts = argumentParts(call, switches);
  return parts.map((part, index) =>
    delta([callPart(call, part, index, switches)], index === 0, index === parts.length - 1),
  );
}

/** The arguments as a server cuts them. The first part has none, like that of OpenAI. */
function argumentParts(call: PlannedCall, { callArguments }: ChatSwitches): readonly unknown[] {
  if (callArguments === "object") return [JSON.parse(call.arguments)];
  if (call.arguments === "{}") {
    if (callArguments === "omit-empty") return [undefined];
    if (callArguments === "empty-string") return [""];
  }
  const cut = cutText(call.arguments).flatMap((text) => [text.slice(0, 6), text.slice(6)]);
  return ["", ...(callArguments === "glued" ? ["{}"] : []), ...cut.filter((text) => text !== "")];
}

function wholeCall(call: PlannedCall, switches: ChatSwitches): JsonObject {
  const parts = argumentParts(call, switches);
  const whole = typeof parts[0] === "string" ? parts.join("") : parts[0];
  return callPart(call, whole, 0, switches);
}

function callPart(call: PlannedCall, text: unknown, part: number, switches: ChatSwitches): JsonObject {
  const isFirst = part === 0;
  const name = isFirst || switches.callName === "every" ? call.name : laterName(switches);
  const id = isFirst ? firstId(call, switches) : laterId(call, part, switches);
  const index = callIndex(call, switches);
  const kind = call.isCustom ? "custom" : "function";
  return {
    ...(index !== undefined && { index }),
    ...(id !== undefined && { id }),
    ...((isFirst || switches.callName !== "first") && { type: kind }),
    [kind]: {
      ...(name !== undefined && { name }),
      ...(text !== undefined && { [call.isCustom ? "input" : "arguments"]: text }),
    },
    // The first call of a response has the signature.
    ...(switches.callSignatures &&
      isFirst &&
      call.position === 0 && { extra_content: { google: { thought_signature: `sig_${call.id}` } } }),
  };
}

function laterName({ callName }: ChatSwitches): string | undefined {
  return callName === "then-empty" ? "" : undefined;
}

function firstId(call: PlannedCall, { callId }: ChatSwitches): string | undefined {
  return callId === "never" ? undefined : call.id;
}

function laterId(call: PlannedCall, part: number, { callId }: ChatSwitches): string | null | undefined {
  switch (callId) {
    case "every":
      return call.id;
    case "then-empty":
      return "";
    case "then-null":
      return null;
    case "new-every-time":
      return `${call.id}_${part}`;
    default:
      return undefined;
  }
}

function callIndex({ position }: PlannedCall, { callIndex }: ChatSwitches): number | undefined {
  switch (callIndex) {
    case "rising":
      return position;
    case "zero":
      return 0;
    case "from-one":
      return position + 1;
    case "absent":
      return undefined;
  }
}

/** The single call of older servers. */
function legacyDeltas(call: PlannedCall): readonly CallDelta[] {
  return [
    { delta: { function_call: { name: call.name, arguments: "" } }, begins: true, ends: false },
    { delta: { function_call: { arguments: call.arguments } }, begins: false, ends: true },
  ];
}

/** Takes a delta of each call in turn. */
function interleave(queues: readonly (readonly CallDelta[])[]): readonly CallDelta[] {
  const longest = Math.max(0, ...queues.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) =>
    queues.flatMap((queue) => queue.slice(turn, turn + 1)),
  ).flat();
}

function delta(calls: readonly JsonObject[], begins: boolean, ends: boolean): CallDelta {
  return { delta: { tool_calls: calls }, begins, ends };
}
