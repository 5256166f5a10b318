export { replaceFile } from "./store/atomic-file.ts";
export { type DecodedText, decodeText } from "./store/credential-format.ts";
export { defaultCredentialsPath } from "./store/default-path.ts";
export { absoluteVariable, expandPath } from "./store/expand-path.ts";
export { acquireFileLock, type FileLock, type FileLockOptions } from "./store/file-lock.ts";
export { homeDir, type Variables } from "./store/home-dir.ts";
export { type LockedText, updateLocked } from "./store/locked-update.ts";
export { withoutByteOrderMark } from "./store/text-encoding.ts";
