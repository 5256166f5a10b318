import type { JsonObject } from "axio";

const MARKER = "\u0000";
/** The marker as a template has it. No other value of a template is this string. */
const MARKER_JSON = JSON.stringify(MARKER);

/** The text of an event before and after a string in it, so that frequent events need no object. */
export interface EventTemplate {
  readonly before: string;
  readonly after: string;
}

/** Writes an event as a server-sent event without a name, as Chat Completions has them. */
export function toEventText(event: JsonObject): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

/** Writes an event as a server-sent event with its type as the name, as the Responses and Messages APIs have them. */
export function toNamedEventText(event: JsonObject): string {
  return `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Creates a template from a function that writes an event with a given string. */
export function eventTemplate(write: (text: string) => string): EventTemplate {
  const text = write(MARKER);
  const position = text.lastIndexOf(MARKER_JSON);
  return { before: text.slice(0, position), after: text.slice(position + MARKER_JSON.length) };
}

/** Writes the event of a template with a string. */
export function fillTemplate({ before, after }: EventTemplate, text: string): string {
  return before + JSON.stringify(text) + after;
}
