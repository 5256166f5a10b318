import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { expect } from "vitest";
import type { ReceivedEvent } from "./client.ts";

/** A judge of events: OpenAI's own schema, which answers what is wrong with one. */
export async function openAISchema(
  fixtures: string,
): Promise<(event: ReceivedEvent) => readonly ErrorObject[]> {
  const schema = JSON.parse(await readFile(join(fixtures, "openai-responses.schema.json"), "utf8"));
  const ajv = new Ajv2020({ strict: false, discriminator: false, validateFormats: false });
  ajv.addSchema(schema, "openai");
  const validate = ajv.compile({ $ref: "openai#/components/schemas/ResponseStreamEvent" });
  return (event) => {
    validate(withoutNulls(event));
    return validate.errors ?? [];
  };
}

/** Takes away what is sent and the published schema does not have: `usage: null` while a response runs, `user: null`. */
function withoutNulls(event: ReceivedEvent): ReceivedEvent {
  const response = event["response"] as Record<string, unknown> | undefined;
  if (response === undefined) return event;
  const { user: nobody, usage, ...rest } = response;
  expect(nobody).toBeNull();
  return { ...event, response: usage === null ? rest : { ...rest, usage } };
}

/** The event without `end_turn`, a member of the ChatGPT backend alone. */
export function withoutEndTurn(event: ReceivedEvent): ReceivedEvent {
  const response = event["response"] as Record<string, unknown> | undefined;
  if (response === undefined) return event;
  const { end_turn: _, ...rest } = response;
  return { ...event, response: rest };
}
