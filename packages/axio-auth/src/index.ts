export { abortable } from "./abortable.ts";
export { type Credentials, parseCredentials, parseExpiresAt } from "./credentials.ts";
export {
  type AuthorizationResponse,
  isExpectedState,
  readAuthorizationResponse,
} from "./login/authorization-response.ts";
export { type BrowserCommand, browserCommands, openBrowser } from "./login/browser.ts";
export { type CallbackOutcome, type CallbackPage, callbackPage } from "./login/callback-page.ts";
export {
  type Callback,
  type CallbackServer,
  type CallbackServerOptions,
  startCallbackServer,
} from "./login/callback-server.ts";
export {
  detectEnvironment,
  type EnvironmentInput,
  type LoginEnvironment,
} from "./login/login-environment.ts";
export { type PastedCallback, type PasteExpectation, parsePastedCallback } from "./login/paste.ts";
export { FatalError } from "./login/race.ts";
export {
  type AlternativeMethod,
  type AuthorizationCallback,
  type SignInPlan,
  signIn,
} from "./login/sign-in.ts";
export type { LoginMethod, LoginProgress, SignInPrompts } from "./login/sign-in-prompts.ts";
export {
  type OpenStore,
  type PlacedStore,
  ProfileSet,
  type ProfileSetOptions,
} from "./profiles/profile-set.ts";
export { DEFAULT_PROFILE, isProfileName, type Profiles, withStore } from "./profiles/profiles.ts";
export { redactSecrets } from "./redact-secrets.ts";
export { CredentialSession } from "./session.ts";
export type { CredentialSessionOptions, SessionCallOptions } from "./session-options.ts";
export { type CredentialFormat, type FormatChoice, versionedFormat } from "./store/credential-format.ts";
export type { CredentialStore, StoreCallOptions, StoreTransaction } from "./store/credential-store.ts";
export { defaultCredentialsPath, type PathEnvironment } from "./store/default-path.ts";
export { acquireFileLock, type FileLock, type FileLockOptions } from "./store/file-lock.ts";
export { FileCredentialStore, type FileCredentialStoreOptions } from "./store/file-store.ts";
export { homeDir } from "./store/home-dir.ts";
export {
  KeychainCredentialStore,
  type KeychainCredentialStoreOptions,
  type KeychainEntry,
} from "./store/keychain-store.ts";
export { MemoryCredentialStore } from "./store/memory-store.ts";
export { replaceFile } from "./store/replace-file.ts";
export { decodeJwtPayload, timeClaim } from "./token/claims.ts";
export { type DiscoveryOptions, discoverServer, type ServerMetadata } from "./token/discovery.ts";
export {
  type CodeExchangeOptions,
  createPkce,
  createState,
  exchangeCode,
  type Pkce,
  redeemCode,
  refreshToken,
  revokeToken,
  type TokenRequestOptions,
} from "./token/request.ts";
export {
  asRefreshError,
  classifyTokenError,
  parseTokenResponse,
  type TokenErrorResponse,
  type TokenGrant,
  type TokenResponse,
} from "./token/response.ts";
