export { sha256 } from "#sha256";
export { KeptResponses } from "./continuation/kept-responses.ts";
export { isExpiration } from "./expiration.ts";
export { usesWebSocket, type WebSocketChoice } from "./web-socket/choice.ts";
export { headersOfFrame } from "./web-socket/frames.ts";
export { WebSocketConnection, type WebSocketConnectionOptions } from "./web-socket/web-socket-connection.ts";
