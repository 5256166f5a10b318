// What transports need for each request. Importing it from the main entry would load the sign-in too.
export { apiKeyProfiles } from "./api-key/api-key-profiles.ts";
export { ApiKeySession } from "./api-key/api-key-session.ts";
export { parseUnixTime, toUnixSeconds, wholeSeconds } from "./credentials.ts";
export { ProfileSet } from "./profiles/profile-set.ts";
export { CredentialSession } from "./session.ts";
export { replaceFile } from "./store/atomic-file.ts";
export { type DecodedText, decodeText, versionedFormat } from "./store/credential-format.ts";
export { defaultCredentialsPath } from "./store/default-path.ts";
export { absoluteVariable, expandPath } from "./store/expand-path.ts";
export { acquireFileLock, type FileLock, type FileLockOptions } from "./store/file-lock.ts";
export { FileCredentialStore } from "./store/file-store.ts";
export { homeDir, type Variables } from "./store/home-dir.ts";
export { type LockedText, updateLocked } from "./store/locked-update.ts";
export { MemoryCredentialStore } from "./store/memory-store.ts";
export { withoutByteOrderMark } from "./store/text-encoding.ts";
export { decodeJwtPayload, tokenTimes } from "./token/claims.ts";
