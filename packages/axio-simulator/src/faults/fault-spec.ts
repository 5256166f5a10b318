import { FAULT_POINTS, type FaultPoint } from "../stream/frames.ts";

/** The endpoint a fault waits for. */
export type FaultTarget =
  | "responses"
  | "token"
  | "models"
  | "usage"
  | "accounts-check"
  | "device"
  | "revoke"
  | "upgrade"
  | "discovery"
  | "keys"
  | "authorize";

/** A fault as asked for by a directive, a header or a test. */
export interface FaultSpec {
  /** A name of the registry. */
  readonly name: string;
  /** Where in the stream; each fault has its own default. */
  readonly at?: FaultPoint;
  /** Which attempts at the same request it strikes, counted from 1; default all. */
  readonly attempts?: readonly number[];
  /** What else the fault wants to know, such as `message` or `retry-after`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Reads `name key=value key="two words"`: the form of the `fail` directive and, several joined by `;`, of
 * the header `x-simulator-fault`.
 *
 * @returns The fault, or a text that says what is wrong with it.
 */
export function parseFaultSpec(text: string): FaultSpec | string {
  const [name, ...pairs] = text.trim().match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  if (name === undefined) return "The fault has no name.";
  const parameters: Record<string, string> = {};
  for (const pair of pairs) {
    const [, key, value] = /^([\w-]+)=(.*)$/.exec(pair) ?? [];
    if (key === undefined || value === undefined)
      return `${JSON.stringify(pair)} is not of the form key=value.`;
    parameters[key] = value.replace(/^"(.*)"$/, "$1");
  }
  const { at, attempts, ...rest } = parameters;
  const point = FAULT_POINTS.find((candidate) => candidate === at);
  if (at !== undefined && point === undefined) return `at=${at} is none of ${FAULT_POINTS.join(", ")}.`;
  const numbers = attempts?.split(",").map(Number);
  if (numbers?.some((value) => !Number.isInteger(value) || value < 1)) {
    return `attempts=${attempts} must be numbers from 1, joined by commas.`;
  }
  return {
    name,
    ...(point !== undefined && { at: point }),
    ...(numbers !== undefined && { attempts: numbers }),
    parameters: rest,
  };
}
