import { FAULT_POINTS, type FaultPoint } from "../stream/frames.ts";

/** The endpoint of a fault. */
export type FaultTarget =
  | "responses"
  | "chat"
  | "messages"
  | "count-tokens"
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

/** A fault that a directive, a header or a test asks for. */
export interface FaultSpec {
  /** A name in {@link FAULTS}. */
  readonly name: string;
  /** The place in the stream. Each fault has its own default. */
  readonly at?: FaultPoint;
  /** The attempts at the same request that it affects, from 1. Default: all. */
  readonly attempts?: readonly number[];
  /** Parameters of the fault, such as `message` or `retry-after`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Reads `name key=value key="two words"`, the form of the `fail` directive. The header `x-simulator-fault` joins several
 * with `;`.
 *
 * @returns The fault, or why it is malformed.
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
  if (at !== undefined && point === undefined) return `at=${at} is not one of ${FAULT_POINTS.join(", ")}.`;
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
