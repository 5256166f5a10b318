import type { JsonObject } from "axio";
import { recordingsOf } from "test-support/recordings-of";

const ANTHROPIC = recordingsOf("anthropic", "messages.schema.json");

export const recordedErrors = ANTHROPIC.errors;
export const requestJudge = ANTHROPIC.requestJudge;

/** One recorded response. */
export interface MessagesRecording {
  readonly name: string;
  readonly events: readonly JsonObject[];
}

/** All recorded responses. A file with several is split after each end. */
export function messagesRecordings(): readonly MessagesRecording[] {
  return ANTHROPIC.responses().flatMap(({ name, data }) =>
    split(
      name,
      data.map((line) => JSON.parse(line) as JsonObject),
    ),
  );
}

function split(name: string, events: readonly JsonObject[]): readonly MessagesRecording[] {
  const responses: JsonObject[][] = [[]];
  for (const event of events) {
    responses.at(-1)?.push(event);
    if (event["type"] === "message_stop") responses.push([]);
  }
  const whole = responses.filter((response) => response.length > 0);
  return whole.map((response, index) => ({
    name: whole.length === 1 ? name : `${name} #${index + 1}`,
    events: response,
  }));
}
