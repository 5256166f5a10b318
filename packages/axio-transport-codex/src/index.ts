export type { CredentialStore } from "axio-auth";
export { FileCredentialStore, MemoryCredentialStore } from "axio-auth/internal";
export type {
  DiagnosticMessages,
  DiagnosticName,
  EndMessage,
  FirstEventMessage,
  RefreshMessage,
  RequestMessage,
  RetryMessage,
} from "axio-transport-kit";
export { AuthJsonStore, type AuthJsonStoreOptions } from "./auth-json-store.ts";
export type { WarmUpRequest } from "./backend/codex-connection.ts";
export { type CompactOnServerOptions, compactOnServer } from "./compact-on-server.ts";
export { BASE_URL, ISSUER } from "./config.ts";
export { CODEX_CREDENTIAL_FORMAT, type Credentials, parseCredentials } from "./credentials.ts";
export { CODEX_MODELS } from "./models.ts";
export type { LoginOptions, SignInOptions } from "./oauth/login-options.ts";
export type { LogoutOptions } from "./oauth/logout.ts";
export type { RefreshOptions } from "./oauth/refresh.ts";
export type { CodexTransportOptions } from "./options.ts";
export { profileStore } from "./profile-store.ts";
export { login, logout, refreshAccessToken, runOAuthFlow } from "./sign-in.ts";
export { defaultStore } from "./stored-credentials.ts";
export { CodexTransport } from "./transport.ts";
