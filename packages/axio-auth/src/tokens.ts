// The part of this package that works in browsers and edge runtimes.
export { parseUnixTime, toUnixSeconds, wholeSeconds } from "./credentials.ts";
export { versionedFormat } from "./store/credential-format.ts";
export { decodeJwtPayload, tokenTimes } from "./token/claims.ts";
