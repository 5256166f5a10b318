export { abortable } from "./abortable.ts";
export { type Credentials, parseCredentials, parseExpiresAt } from "./credentials.ts";
export { hideSecrets } from "./hide-secrets.ts";
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
export { type PastedCallback, type PasteExpectation, parsePastedCallback } from "./login/paste.ts";
export { FinalFailure } from "./login/race.ts";
export { type BrowserReturn, type FurtherWay, type SignInPlan, signIn } from "./login/sign-in.ts";
export type { LoginProgress, LoginWay, SignInWays } from "./login/sign-in-ways.ts";
export {
  detectSurroundings,
  type LoginMethod,
  type Surroundings,
  type SurroundingsInput,
} from "./login/surroundings.ts";
export {
  type OpenStore,
  type PlacedStore,
  ProfileSet,
  type ProfileSetOptions,
} from "./profiles/profile-set.ts";
export { DEFAULT_PROFILE, isProfileName, type Profiles, withStore } from "./profiles/profiles.ts";
export { CredentialSession } from "./session.ts";
export type { CredentialSessionOptions, SessionCallOptions } from "./session-options.ts";
export { type CredentialFormat, type FormatChoice, versionedFormat } from "./store/credential-format.ts";
export type { CredentialStore, StoreCallOptions, StoreTurn } from "./store/credential-store.ts";
export { defaultCredentialsPath, type PathSurroundings } from "./store/default-path.ts";
export { acquireFileLock, type FileLock, type FileLockOptions } from "./store/file-lock.ts";
export { FileCredentialStore, type FileCredentialStoreOptions } from "./store/file-store.ts";
export { homeFolder } from "./store/home-folder.ts";
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
