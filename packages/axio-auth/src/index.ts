export {
  type ApiKeyCredentials,
  describeApiKey,
  ownerOfApiKey,
  readApiKey,
} from "./api-key/api-key.ts";
export { apiKeyProfiles } from "./api-key/api-key-profiles.ts";
export { ApiKeySession, type ApiKeySessionOptions } from "./api-key/api-key-session.ts";
export { apiKeyFromEnvironment, type KeyVariables } from "./api-key/key-environment.ts";
export { type BearerCredentials, parseUnixTime, toUnixSeconds, wholeSeconds } from "./credentials.ts";
export { type AuthorizationResponse, readAuthorizationResponse } from "./login/authorization-response.ts";
export { openBrowser } from "./login/browser.ts";
export type { CallbackOutcome } from "./login/callback-page.ts";
export {
  type Callback,
  type CallbackServer,
  type CallbackServerOptions,
  startCallbackServer,
} from "./login/callback-server.ts";
export type { ExpectedState } from "./login/callback-state.ts";
export { FatalError } from "./login/race.ts";
export {
  type AlternativeMethod,
  type AuthorizationCallback,
  type SignInPlan,
  signIn,
} from "./login/sign-in.ts";
export {
  type LocatedStore,
  type OpenStore,
  ProfileSet,
  type ProfileSetOptions,
  type StoredProfile,
} from "./profiles/profile-set.ts";
export type { Profiles } from "./profiles/profiles.ts";
export {
  describeApiKeyAccount,
  loginWithApiKey,
  logoutApiKey,
} from "./provider/api-key-login.ts";
export { redactSecrets } from "./redact-secrets.ts";
export { CredentialSession } from "./session.ts";
export type { CredentialSessionOptions, SessionCallOptions } from "./session-options.ts";
export { assertWritable, asUnsaved } from "./store/assert-writable.ts";
export { type CredentialCodec, type CredentialFormat, versionedFormat } from "./store/credential-format.ts";
export type {
  CredentialStore,
  StoreCallOptions,
  StoreChange,
  StoreTransaction,
} from "./store/credential-store.ts";
export { defaultCredentialsPath, type PathEnvironment } from "./store/default-path.ts";
export { FileCredentialStore, type FileCredentialStoreOptions } from "./store/file-store.ts";
export type { KeychainEntry } from "./store/keychain-parts.ts";
export { KeychainCredentialStore, type KeychainCredentialStoreOptions } from "./store/keychain-store.ts";
export { MemoryCredentialStore } from "./store/memory-store.ts";
export { decodeJwtPayload, type TokenTimes, tokenTimes } from "./token/claims.ts";
export { type DiscoveryOptions, discoverServer, type ServerMetadata } from "./token/discovery.ts";
export {
  type CodeExchangeOptions,
  createPkce,
  createState,
  exchangeCode,
  type GrantedTokens,
  type Pkce,
  redeemCode,
  refreshToken,
  revokeToken,
  type TokenRequestOptions,
} from "./token/request.ts";
export { asLostResponse, asRefreshError, type TokenResponse } from "./token/response.ts";
