import type { Credentials } from "axio-auth";
import type { LoginCall, LogoutCall, LogoutOutcome } from "axio-transport-kit/cli";
import { login } from "../oauth/login.ts";
import { logout } from "../oauth/logout.ts";

/** Signs in as the options say. */
export function logIn({ args, ...call }: LoginCall<Credentials>): Promise<Credentials> {
  const issuer = args.text("issuer");
  const workspaces = args.texts("workspace");
  return login({
    ...call,
    ...(issuer === undefined ? {} : { issuer }),
    ...(workspaces.length === 0 ? {} : { allowedWorkspaceIds: workspaces }),
  });
}

/** Signs out as the options say. */
export function logOut({ args, ...call }: LogoutCall<Credentials>): Promise<LogoutOutcome> {
  const issuer = args.text("issuer");
  return logout({ ...call, ...(issuer === undefined ? {} : { issuer }) });
}
