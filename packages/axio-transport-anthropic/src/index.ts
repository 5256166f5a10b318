export { ANTHROPIC_KEY } from "./provider-data.ts";
export { buildMessagesBody } from "./request/body.ts";
