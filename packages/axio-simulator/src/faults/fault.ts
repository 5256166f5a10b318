import type { Reply } from "../http/reply.ts";
import type { EnvelopeContext } from "../stream/envelope.ts";
import type { FaultPoint, Frame } from "../stream/frames.ts";
import type { Framing } from "../stream/framing.ts";

/** The parameters of a fault. */
export type FaultParameters = Readonly<Record<string, string>>;

/** A reply that replaces that of any endpoint. */
export interface ReplyFault {
  readonly kind: "reply";
  readonly reply: (parameters: FaultParameters) => Reply;
}

/**
 * A change to the frames of an event stream.
 *
 * @typeParam Context The facts of the response that the change needs.
 */
export interface FramesFault<Context> {
  readonly kind: "frames";
  readonly at: FaultPoint;
  /** `index` is the place of `at` in `frames`. */
  readonly apply: (
    frames: readonly Frame[],
    index: number,
    context: Context,
    parameters: FaultParameters,
  ) => Frame[];
}

/** A change of the encoding of an event stream. */
export interface FramingFault {
  readonly kind: "framing";
  readonly framing: Partial<Framing>;
}

/** A change of the reply of the endpoint. */
export interface RewriteFault {
  readonly kind: "rewrite";
  readonly rewrite: (reply: Reply, parameters: FaultParameters) => Reply;
}

export type FaultEffect<Context> = ReplyFault | FramesFault<Context> | FramingFault | RewriteFault;

/** The faults of a simulator by name. */
export type FaultRegistry<Context> = ReadonlyMap<string, Fault<Context>>;

/**
 * One fault of a registry.
 *
 * @typeParam Context The facts of the response that the fault needs. `unknown` means none: any wire has the fault.
 */
export interface Fault<Context = EnvelopeContext> {
  readonly name: string;
  /** The effect on a client in one line. */
  readonly summary: string;
  readonly effect: FaultEffect<Context>;
}

/** A fault that replaces the reply. */
export function replyFault(name: string, summary: string, reply: ReplyFault["reply"]): Fault<unknown> {
  return { name, summary, effect: { kind: "reply", reply } };
}

/** Frames of a fault. */
type MakeFrames<Context> = (parameters: FaultParameters, context: Context) => readonly Frame[];

/** A fault that inserts frames into the stream. */
export function insertFault<Context = EnvelopeContext>(
  name: string,
  summary: string,
  at: FaultPoint,
  make: MakeFrames<Context>,
): Fault<Context> {
  return framesFault(name, summary, at, (frames, index, context, parameters) => [
    ...frames.slice(0, index),
    ...make(parameters, context),
    ...frames.slice(index),
  ]);
}

/** A fault that replaces the rest of the stream. */
export function endFault<Context = EnvelopeContext>(
  name: string,
  summary: string,
  at: FaultPoint,
  make: MakeFrames<Context>,
): Fault<Context> {
  return framesFault(name, summary, at, (frames, index, context, parameters) => [
    ...frames.slice(0, index),
    ...make(parameters, context),
  ]);
}

/** A fault that changes the whole stream. */
export function reshapeFault(
  name: string,
  summary: string,
  reshape: (frames: readonly Frame[]) => Frame[],
): Fault<unknown> {
  return framesFault<unknown>(name, summary, "end", (frames) => reshape(frames));
}

function framesFault<Context>(
  name: string,
  summary: string,
  at: FaultPoint,
  apply: FramesFault<Context>["apply"],
): Fault<Context> {
  return { name, summary, effect: { kind: "frames", at, apply } };
}

/** A parameter as a number. */
export function numberParameter(parameters: FaultParameters, name: string, fallback: number): number {
  const value = Number(parameters[name] ?? fallback);
  return Number.isFinite(value) ? value : fallback;
}
