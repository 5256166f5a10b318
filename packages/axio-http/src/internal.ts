export { hideTokens, truncateForMessage } from "axio/internal";
export { abortable } from "./abortable.ts";
export { globalFetch } from "./default-fetch.ts";
export { delay, withTimeout } from "./delay.ts";
export { responseDetails } from "./error-from-response.ts";
export { createEventStream } from "./event-stream.ts";
export { optional, readNumber, readObject, readString } from "./json-properties.ts";
export { isLoopbackHost } from "./secure-url.ts";
export { withDeadline } from "./with-deadline.ts";
