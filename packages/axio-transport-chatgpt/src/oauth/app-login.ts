import type { CredentialStore, PathSurroundings } from "axio-auth";
import { type ChatGPTCredentials, usesPlan } from "../credentials.ts";
import { ensureHostId, hostStore } from "../host-id.ts";
import { login } from "./login.ts";
import type { LoginOptions } from "./login-options.ts";

/** The name that people see at the sign-in: that of the program they have started. */
const APP_NAME = "axio";

/** What the programs of axio sign in with. */
export interface AppLoginOptions extends Omit<LoginOptions, "appName" | "hostId" | "store"> {
  readonly store: CredentialStore<ChatGPTCredentials>;
  /** Where programs keep their files on this machine. */
  readonly surroundings: PathSurroundings;
}

/**
 * Signs in as axio, and notes that the person is told that their plan is used.
 *
 * @throws AxioError as `login()`.
 */
export async function appLogin({ surroundings, ...options }: AppLoginOptions): Promise<ChatGPTCredentials> {
  const hostId = await ensureHostId(hostStore(surroundings), options.signal);
  const credentials = await login({ ...options, appName: APP_NAME, hostId });
  // Told once: what comes back still says that it was not.
  if (usesPlan(credentials) && credentials.planNoticeGiven !== true) {
    await options.store.update(async (current) => current && { ...current, planNoticeGiven: true });
  }
  return credentials;
}
