import type { StreamRequest } from "axio";
import type { SettingMembers } from "./settings.ts";
import type { Unsupported } from "./unsupported.ts";

/** A request of another client, converted. */
export interface InboundRequest {
  /** The model that the client named. */
  readonly model: string;
  /** The request for a transport, without `model` and `signal`. */
  readonly request: StreamRequest;
  /** The members that became settings of `request`. A transport may not send all of them: see {@link fitSettings}. */
  readonly settingMembers: SettingMembers;
  /** The member that names the reasoning effort. Default: the request has none. */
  readonly effortMember?: string | undefined;
  /** Whether the client wants events instead of one object. */
  readonly stream: boolean;
  /** The members that the client asked for and that have no effect. */
  readonly unsupported: readonly Unsupported[];
}
