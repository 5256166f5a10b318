import type { StreamRequest } from "axio";
import type { Unsupported } from "./unsupported.ts";

/** A request of another client, converted. */
export interface InboundRequest {
  /** The model that the client named. */
  readonly model: string;
  /** The request for a transport, without `model` and `signal`. */
  readonly request: StreamRequest;
  /** Whether the client wants events instead of one object. */
  readonly stream: boolean;
  /** What the client asked for and does not get. */
  readonly unsupported: readonly Unsupported[];
}
