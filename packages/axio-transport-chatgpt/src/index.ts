export type { CredentialStore } from "axio-auth";
export { FileCredentialStore, MemoryCredentialStore } from "axio-auth/internal";
export { BASE_URL, ISSUER, USAGE_PAGE } from "./config.ts";
export {
  CHATGPT_CREDENTIAL_FORMAT,
  type ChatGPTCredentials,
  type EndOfSignIn,
  type RegistrationState,
  registrationState,
  type UnverifiedIdToken,
  usesPlan,
} from "./credentials.ts";
export { ensureHostId, type HostIdentity, hostStore } from "./host-id.ts";
export { CHATGPT_MODELS } from "./models.ts";
export { login } from "./oauth/login.ts";
export type { LoginOptions } from "./oauth/login-options.ts";
export { type LogoutOptions, logout } from "./oauth/logout.ts";
export type { ChatGPTTransportOptions } from "./options.ts";
export { defaultStore, profileStore } from "./profile-store.ts";
export { ChatGPTTransport } from "./transport.ts";
