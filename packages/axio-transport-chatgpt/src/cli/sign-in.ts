import { type LoginCall, type LogoutCall, type LogoutOutcome, UsageError } from "axio-transport-kit/cli";
import type { ChatGPTCredentials } from "../credentials.ts";
import { appLogin } from "../oauth/app-login.ts";
import { logout } from "../oauth/logout.ts";

/** Signs in as the options say. */
export function logIn({ args, method, ...call }: LoginCall<ChatGPTCredentials>): Promise<ChatGPTCredentials> {
  const issuer = args.text("issuer");
  const port = portOf(args.text("port"));
  return appLogin({
    ...call,
    // Nobody can ask for a device code here.
    method: method === "device" ? "auto" : method,
    enablePlan: args.flag("enable-plan"),
    ...(port === undefined ? {} : { ports: [port] }),
    ...(issuer === undefined ? {} : { issuer }),
  });
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
