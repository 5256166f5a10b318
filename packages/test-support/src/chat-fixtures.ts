import { recordingsOf, type ServiceRecordings } from "./recordings-of.ts";

const CHAT = recordingsOf("chat", "chat-completions.schema.json");

/** One recorded response. Its data include `[DONE]`. */
export type ChatRecording = ReturnType<ServiceRecordings["responses"]>[number];

export const chatRecordings = CHAT.responses;
export const recordedErrors = CHAT.errors;
export const requestJudge = CHAT.requestJudge;
