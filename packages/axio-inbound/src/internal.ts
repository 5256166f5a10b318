// A part that loads no other package than axio, for packages whose import must be fast.
export { deriveConversationId } from "./shared/conversation-id.ts";
export { failureOf } from "./shared/failure.ts";
export { imageGenerationSettings, webSearchSettings } from "./shared/hosted-settings.ts";
export { nearestEffort } from "./shared/reasoning-effort.ts";
export { fitSettings, readSettings } from "./shared/settings.ts";
