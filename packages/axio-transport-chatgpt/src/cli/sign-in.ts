import { type LoginCall, type LogoutCall, type LogoutOutcome, UsageError } from "axio-transport-kit/cli";
import { acknowledgePlanNotice } from "../account-info.ts";
import { type ChatGPTCredentials, usesPlan } from "../credentials.ts";
import { appLogin } from "../oauth/app-login.ts";
import { logout } from "../oauth/logout.ts";

/** The name that people see at the sign-in: that of the program they have started. */
const APP_NAME = "axio";

/** Signs in as the options say. */
export async function logIn({ args, ...call }: LoginCall<ChatGPTCredentials>): Promise<ChatGPTCredentials> {
  const issuer = args.text("issuer");
  const credentials = await appLogin({
    ...call,
    appName: APP_NAME,
    enablePlan: args.flag("enable-plan"),
    port: portOf(args.text("port")),
    ...(issuer === undefined ? {} : { issuer }),
  });
  // Told once: what comes back still says that it was not.
  if (usesPlan(credentials) && credentials.planNoticeGiven !== true) await acknowledgePlanNotice(call.store);
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
