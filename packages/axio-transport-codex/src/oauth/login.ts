import { AxioError } from "axio";
import { assertWritable, asUnsaved } from "axio-auth";
import { defaultFetch } from "axio-http";
import { ISSUER } from "../config.ts";
import type { Credentials } from "../credentials.ts";
import { defaultStore } from "../stored-credentials.ts";
import type { LoginOptions } from "./login-options.ts";
import { signIn } from "./sign-in.ts";
import { revoke } from "./tokens.ts";

/** Signs in and saves the credentials. See `login` of the package. */
export async function login(options: LoginOptions = {}): Promise<Credentials> {
  const store = options.store ?? defaultStore();
  await assertWritable(store, options.signal);
  const server = { issuer: options.issuer ?? ISSUER, fetch: options.fetch ?? defaultFetch() };
  let replaced: Credentials | undefined;
  const credentials = await signIn(options, async (fresh) => {
    const { allowedWorkspaceIds = [] } = options;
    if (allowedWorkspaceIds.length > 0 && !allowedWorkspaceIds.includes(fresh.accountId)) {
      await revoke(fresh, server);
      throw new AxioError(
        "account-mismatch",
        `The sign-in is for the workspace ${fresh.accountId}, which is not allowed here. Sign in again and choose one of: ${allowedWorkspaceIds.join(", ")}.`,
        { details: { reason: "workspace" } },
      );
    }
    try {
      await store.update(async (current) => {
        replaced = current;
        return fresh;
      });
    } catch (error) {
      // Tokens that are stored nowhere must not stay valid.
      throw asUnsaved(error, await revoke(fresh, server));
    }
  });
  if (replaced !== undefined && replaced.refreshToken !== credentials.refreshToken) {
    const error = await revoke(replaced, server, options.signal);
    const warnings = [otherAccount(replaced, credentials), error];
    for (const warning of warnings)
      if (warning !== undefined) options.onProgress?.({ type: "warning", error: warning });
  }
  return credentials;
}

/** Returns a warning if a sign-in of another account was replaced. */
function otherAccount(replaced: Credentials, { accountId, email }: Credentials): AxioError | undefined {
  const isSame = replaced.accountId === accountId && (replaced.email ?? email) === email;
  if (isSame || replaced.accountId === "") return undefined;
  return new AxioError(
    "account-mismatch",
    `This sign-in replaced that of ${replaced.email ?? replaced.accountId}, which was signed out here. To keep several accounts, give each its own profile: axio-codex login --profile NAME.`,
    { details: { reason: "replaced" } },
  );
}
