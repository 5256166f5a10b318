import type { PathEnvironment, SignInPrompts } from "axio-auth";
import type { LoginMethod, ProviderLogin } from "axio-transport-kit/plugin";
import type { ChatGPTCredentials } from "../credentials.ts";
import { ensureHostId, hostStore } from "../host-id.ts";
import { login } from "./login.ts";

/** How a program for people signs in on this machine. */
export interface AppLogin
  extends SignInPrompts,
    Pick<ProviderLogin<ChatGPTCredentials>, "store" | "enablePlan" | "issuer"> {
  readonly method: LoginMethod;
  /** The name that people see at the sign-in. */
  readonly appName: string;
  /** Where programs keep their files on this machine. */
  readonly surroundings: PathEnvironment;
  /** Where the browser comes back to. Default: any free one. */
  readonly port?: number | undefined;
}

/** Signs in with this machine's host id. */
export async function appLogin({
  surroundings,
  method,
  port,
  ...call
}: AppLogin): Promise<ChatGPTCredentials> {
  return login({
    ...call,
    // Nobody can ask for a device code here.
    method: method === "device" ? "auto" : method,
    hostId: await ensureHostId(hostStore(surroundings), call.signal),
    ...(port === undefined ? {} : { ports: [port] }),
  });
}
