import type { JsonObject } from "axio";

/** The JSON of a string that no value of a template has. */
const GAP = JSON.stringify("\u0000");

/** An event as text with a gap for one string, so that frequent events need no object. */
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

/** Creates a template from a function that writes an event with a string. */
export function eventTemplate(write: (text: string) => string): EventTemplate {
  const text = write("\u0000");
  const position = text.lastIndexOf(GAP);
  return { before: text.slice(0, position), after: text.slice(position + GAP.length) };
}

/** Writes the event of a template with a string. */
export function fillTemplate({ before, after }: EventTemplate, text: string): string {
  return before + JSON.stringify(text) + after;
}
