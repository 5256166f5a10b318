import type { Credentials } from "axio-auth";

/** What every sign-in has, whatever else belongs to it: an access token, and what renews it. */
export type BearerCredentials = Pick<Credentials, "accessToken" | "refreshToken" | "expiresAt">;
