import type { Reply } from "../http/reply.ts";
import type { EnvelopeContext } from "../stream/envelope.ts";
import type { FaultPoint, Frame } from "../stream/frames.ts";
import type { Framing } from "../stream/framing.ts";

/** What the spec of a fault adds, with a reader for numbers. */
export type FaultParameters = Readonly<Record<string, string>>;

/** An answer other than the one asked for, for any endpoint. */
export interface ReplyFault {
  readonly kind: "reply";
  readonly reply: (parameters: FaultParameters) => Reply;
}

/** A change to the frames of an event stream. */
export interface FramesFault {
  readonly kind: "frames";
  readonly at: FaultPoint;
  /** `index` is where `at` lies in `frames`. */
  readonly apply: (
    frames: readonly Frame[],
    index: number,
    context: EnvelopeContext,
    parameters: FaultParameters,
  ) => Frame[];
}

/** A change to how the frames become bytes. */
export interface FramingFault {
  readonly kind: "framing";
  readonly framing: Partial<Framing>;
}

/** A change to a complete answer, made by the endpoint itself: its JSON, its headers. */
export interface RewriteFault {
  readonly kind: "rewrite";
  readonly rewrite: (reply: Reply, parameters: FaultParameters) => Reply;
}

export type FaultEffect = ReplyFault | FramesFault | FramingFault | RewriteFault;

/** One fault of the registry. */
export interface Fault {
  readonly name: string;
  /** What the client sees, in one line. */
  readonly summary: string;
  readonly effect: FaultEffect;
}

/** Milliseconds or seconds given as a parameter. */
export function numberParameter(parameters: FaultParameters, name: string, fallback: number): number {
  const value = Number(parameters[name] ?? fallback);
  return Number.isFinite(value) ? value : fallback;
}
