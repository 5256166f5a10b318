import { AxioError, type ErrorCode, type ErrorDetails } from "../errors.ts";
import type { TransportEvent } from "../events.ts";
import { type JsonObject, type JsonValue, withoutUndefined } from "../json.ts";
import type { ModelSpec } from "../models.ts";
import type { ToolDefinition } from "../tool.ts";
import type { CompletionTransport, StreamRequest } from "../transport.ts";
import { fingerprint } from "../wire/fingerprint.ts";
import { type Secret, withoutSecrets } from "./hide-secrets.ts";

/** A failure as a recording keeps it. */
interface RecordedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly details: JsonObject;
}

/** The events of one response, and the error that ended them, if there was one. */
export interface RecordedResponse {
  readonly events: readonly JsonValue[];
  readonly error?: RecordedError | undefined;
}

/** A request and the responses to it. One file each. */
export interface Recording {
  readonly version: 1;
  /** The transport that sent the request. */
  readonly transport: { readonly name: string; readonly provider?: string; readonly model: JsonObject };
  readonly request: JsonObject;
  /** One for each time that the same request was sent, in order. */
  readonly responses: readonly RecordedResponse[];
}

/** The parts that are left out of recordings, in addition to what looks like a token or a password. */
export interface RecordingRules {
  /** Texts to replace with `[hidden]`. Default: none. */
  readonly secrets?: readonly Secret[] | undefined;
  /** Returns a request without what changes from run to run, such as the date. Default: the request as it is. */
  readonly normalize?: ((request: StreamRequest) => StreamRequest) | undefined;
}

/**
 * Returns the part of a request that identifies it, as plain data without secrets. Ids and the signal are not a part of it, nor
 * is the model of the transport if the request names none.
 */
export function recordedRequest(request: StreamRequest, rules: RecordingRules): JsonObject {
  const { normalize = (same: StreamRequest): StreamRequest => same } = rules;
  const {
    signal: _signal,
    conversationId: _conversationId,
    runId: _runId,
    model,
    ...rest
  } = normalize(request);
  const id = typeof model === "object" ? model.id : model;
  const identity = { model: id, ...rest, tools: rest.tools.map(definition) };
  return withoutSecrets(identity, rules.secrets ?? []);
}

/** The properties of a tool that a transport reads. */
function definition(tool: ToolDefinition): ToolDefinition {
  const { name, description, inputSchema, strict, freeform, hosted, providerData } = tool;
  return { name, description, inputSchema, strict, freeform, hosted, providerData };
}

/** The name of the file of a request: the beginning of its last text, and letters that tell requests apart. */
export function recordingName(request: JsonObject): string {
  const text = lastText(request["messages"]).toLowerCase();
  const words = text.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  return `${words.slice(0, 40).replace(/-$/, "") || "request"}-${fingerprint(canonical(request), 10)}.json`;
}

/** JSON with the members of objects in alphabetical order. */
export function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_name, member: JsonValue) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}

/** Describes a transport, so that a replay can stand for it. */
export function recordedTransport({ name, provider, model }: CompletionTransport): Recording["transport"] {
  const { providerData: _data, ...spec } = model;
  return { name, ...(provider !== undefined && { provider }), model: toJson(spec) };
}

/** Returns a failure as plain data. */
export function recordedError(error: AxioError, rules: RecordingRules): RecordedError {
  const { name: _name, ...rest } = error.toJSON();
  return withoutSecrets(withoutUndefined(rest), rules.secrets ?? []) as unknown as RecordedError;
}

/** Returns the event that was recorded. */
export function replayedEvent(event: JsonValue): TransportEvent {
  const { error, ...rest } = event as JsonObject;
  const revived =
    rest["type"] === "retry" ? { ...rest, error: replayedError(error as unknown as RecordedError) } : event;
  return revived as unknown as TransportEvent;
}

/** Returns the failure that was recorded. */
export function replayedError(error: RecordedError): AxioError {
  const { code, message, retryable, retryAfterMs, details } = error;
  return new AxioError(code, message, { retryable, retryAfterMs, details: details as ErrorDetails });
}

/** Returns the model of a recorded transport. */
export function replayedModel({ model }: Recording["transport"]): ModelSpec {
  return model as unknown as ModelSpec;
}

/** Writes a recording with each event on a line of its own. */
export function formatRecording({ responses, ...rest }: Recording): string {
  const head = JSON.stringify(rest, undefined, 2).slice(0, -"\n}".length);
  const bodies = responses.map(({ events, error }) => {
    const lines = events.map((event) => `        ${JSON.stringify(event)}`).join(",\n");
    const end = error === undefined ? "" : `,\n      "error": ${JSON.stringify(error)}`;
    return `    {\n      "events": [${lines === "" ? "" : `\n${lines}\n      `}]${end}\n    }`;
  });
  return `${head},\n  "responses": [\n${bodies.join(",\n")}\n  ]\n}\n`;
}

/** @throws AxioError `invalid-argument` if the text is not a recording. */
export function parseRecording(name: string, text: string): Recording {
  try {
    const recording = JSON.parse(text) as Recording;
    if (recording.version === 1 && Array.isArray(recording.responses)) return recording;
  } catch (cause) {
    throw new AxioError("invalid-argument", `The recording ${name} is not JSON. Record it again.`, { cause });
  }
  throw new AxioError("invalid-argument", `${name} is not a recording of this version. Record it again.`);
}

function toJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function lastText(messages: JsonValue | undefined): string {
  const texts = (Array.isArray(messages) ? messages : []).flatMap((message: JsonValue) => {
    const { role, content } = message as JsonObject;
    const blocks = role === "user" && Array.isArray(content) ? content : [];
    return blocks.flatMap((block: JsonValue) => (block as JsonObject)["text"] ?? []);
  });
  return String(texts.at(-1) ?? "");
}
