import { type LoginCall, type LogoutCall, type LogoutOutcome, UsageError } from "axio-transport-kit/cli";
import { type ChatGPTCredentials, usesPlan } from "../credentials.ts";
import { ensureHostId, hostStore } from "../host-id.ts";
import { login } from "../oauth/login.ts";
import { logout } from "../oauth/logout.ts";

/** The name that people see at the sign-in: that of the program they have started. */
const APP_NAME = "axio";

/** Signs in as the options say. */
export async function logIn(call: LoginCall<ChatGPTCredentials>): Promise<ChatGPTCredentials> {
  const { args, surroundings, method, ...ways } = call;
  const issuer = args.text("issuer");
  const port = portOf(args.text("port"));
  const credentials = await login({
    ...ways,
    // Nobody can ask for a device code here.
    method: method === "device" ? "auto" : method,
    appName: APP_NAME,
    hostId: await ensureHostId(hostStore(surroundings), call.signal),
    enablePlan: args.flag("enable-plan"),
    ...(port === undefined ? {} : { ports: [port] }),
    ...(issuer === undefined ? {} : { issuer }),
  });
  // Told once: what comes back still says that it was not.
  if (usesPlan(credentials) && credentials.planNoticeGiven !== true) {
    await call.store.update(async (current) => current && { ...current, planNoticeGiven: true });
  }
  return credentials;
}

/** Signs out as the options say. */
export function logOut({ args, ...call }: LogoutCall<ChatGPTCredentials>): Promise<LogoutOutcome> {
  const issuer = args.text("issuer");
  return logout({ ...call, forget: args.flag("forget"), ...(issuer === undefined ? {} : { issuer }) });
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port;
  throw new UsageError(`${JSON.stringify(text)} is no port.`, "Give a number from 1 to 65535: --port 4000");
}
