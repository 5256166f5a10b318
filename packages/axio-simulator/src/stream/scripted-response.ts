import type { RecordedRequest } from "../http/recorded-request.ts";
import { isObject } from "../json.ts";
import type { WireUsage } from "./envelope.ts";
import type { ScriptedUsage, Section, Step } from "./script.ts";

/** A tool call of a {@link ScriptedResponse}. */
export interface ScriptedToolCall {
  readonly name: string;
  /** The input; a string is sent as it is, even if it is not JSON. Default: `{}`. */
  readonly input?: Readonly<Record<string, unknown>> | string | undefined;
}

/**
 * A response, prepared by a test: its parts are sent in the order of these properties. In a text or an input, `result 1` in
 * double braces quotes the first tool result since the last prompt.
 */
export interface ScriptedResponse {
  /** Milliseconds before the first part. Default: 0. */
  readonly delayMs?: number | undefined;
  /** Reasoning, which the service shows only to requests that ask for it. */
  readonly reasoning?: string | undefined;
  readonly text?: string | undefined;
  /** The model refuses with these words. */
  readonly refusal?: string | undefined;
  readonly toolCalls?: readonly ScriptedToolCall[] | undefined;
  readonly usage?: ScriptedUsage | undefined;
  /** A fault with its parameters, such as `"overloaded"` or `"eof at=text"`. `npx axio-simulator --faults` lists them. */
  readonly fault?: string | undefined;
}

/** A response, its text alone, or a function that returns one of these for a request. */
export type PreparedResponse =
  | string
  | ScriptedResponse
  | ((request: RecordedRequest) => string | ScriptedResponse);

const PROPERTIES = ["delayMs", "reasoning", "text", "refusal", "toolCalls", "usage", "fault"];
const COUNTS = ["inputTokens", "cachedTokens", "outputTokens", "reasoningTokens"];

/**
 * Converts a response to the steps that perform it.
 *
 * @throws TypeError if it is not a response. The message names the property.
 */
export function sectionOf(response: unknown): Section {
  if (typeof response === "string") return [{ kind: "say", text: response }];
  assertResponse(response);
  const { delayMs, reasoning, text, refusal, toolCalls = [], usage, fault } = response;
  const steps: readonly (Step | undefined)[] = [
    delayMs === undefined ? undefined : { kind: "wait", milliseconds: delayMs },
    reasoning === undefined ? undefined : { kind: "think", text: reasoning },
    text === undefined ? undefined : { kind: "say", text },
    refusal === undefined ? undefined : { kind: "refuse", text: refusal },
    ...toolCalls.map(
      ({ name, input = {} }): Step => ({
        kind: "call",
        name,
        input: typeof input === "string" ? input : JSON.stringify(input),
      }),
    ),
    usage === undefined ? undefined : { kind: "usage", usage },
    fault === undefined ? undefined : { kind: "fail", fault },
  ];
  return steps.filter((step) => step !== undefined);
}

/** Returns the tokens that a section states, and the estimates for the others. */
export function statedUsage(section: Section, estimated: WireUsage): WireUsage {
  const stated = section.flatMap((step) => (step.kind === "usage" ? Object.entries(step.usage) : []));
  return { ...estimated, ...Object.fromEntries(stated.filter(([, count]) => count !== undefined)) };
}

function assertResponse(response: unknown): asserts response is ScriptedResponse {
  if (!isObject(response)) {
    throw new TypeError(
      `A prepared response is ${JSON.stringify(response)}. Give a text or an object with ${PROPERTIES.join(", ")}.`,
    );
  }
  assertKnown(response, PROPERTIES, "A prepared response");
  for (const name of ["reasoning", "text", "refusal", "fault"]) {
    if (response[name] !== undefined && typeof response[name] !== "string")
      throw new TypeError(`${name} of a prepared response is not a string.`);
  }
  const { delayMs, usage = {}, toolCalls = [] } = response;
  if (delayMs !== undefined) assertCount(delayMs, "delayMs");
  if (!isObject(usage)) throw new TypeError("usage of a prepared response is not an object.");
  assertKnown(usage, COUNTS, "usage");
  for (const [name, count] of Object.entries(usage)) if (count !== undefined) assertCount(count, name);
  if (!Array.isArray(toolCalls) || !toolCalls.every((call) => isObject(call) && isName(call["name"])))
    throw new TypeError("toolCalls of a prepared response is not a list of { name, input }.");
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function assertKnown(value: object, known: readonly string[], subject: string): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`${subject} has no property ${JSON.stringify(unknown)}. It has ${known.join(", ")}.`);
}

function assertCount(value: unknown, name: string): void {
  if (!Number.isInteger(value) || Number(value) < 0)
    throw new TypeError(`${name} of a prepared response is ${JSON.stringify(value)}. Give a whole number.`);
}
