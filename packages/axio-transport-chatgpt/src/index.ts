export {
  type CredentialStore,
  FileCredentialStore,
  MemoryCredentialStore,
} from "axio-auth";
export { API_BASE_URL, ISSUER, USAGE_PAGE } from "./config.ts";
export {
  type ChatGPTCredentials,
  type EndOfSignIn,
  parseChatGPTCredentials,
  type RegistrationState,
  registrationState,
  type UnverifiedIdToken,
  usesPlan,
} from "./credentials.ts";
export { assertHostId, ensureHostId, type HostIdentity, hostStore, parseHostIdentity } from "./host-id.ts";
export { CHATGPT_MODELS } from "./models.ts";
export { login } from "./oauth/login.ts";
export type { LoginOptions } from "./oauth/login-options.ts";
export { type LogoutOptions, logout } from "./oauth/logout.ts";
export type { ChatGPTTransportOptions } from "./options.ts";
export { defaultStore, profileStore } from "./profile-store.ts";
export { ChatGPTTransport } from "./transport.ts";
