import { type ApiKeyCredentials, apiKeyProfiles, type ProfileSet } from "axio-auth";
import { PROVIDER_NAME } from "./config.ts";

/** The profiles of this provider: in files or in the keychain. */
export const ANTHROPIC_PROFILES: ProfileSet<ApiKeyCredentials> = apiKeyProfiles(PROVIDER_NAME);
