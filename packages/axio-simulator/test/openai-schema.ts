import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { expect } from "vitest";
import type { ReceivedEvent } from "./client.ts";

/** Checks events against OpenAI's own schema. */
export async function openAISchema(
  fixtures: string,
): Promise<(event: ReceivedEvent) => readonly ErrorObject[]> {
  const problemsOf = await validator(fixtures, "ResponseStreamEvent");
  return (event) => problemsOf(withoutNulls(event));
}

/** Checks the bodies of requests against OpenAI's own schema. */
export function requestSchema(fixtures: string): Promise<(body: object) => readonly ErrorObject[]> {
  return validator(fixtures, "CreateResponse");
}

async function validator(
  fixtures: string,
  name: string,
): Promise<(value: unknown) => readonly ErrorObject[]> {
  const text = await readFile(join(fixtures, "openai-responses.schema.json"), "utf8");
  // A message fits two of the alternatives for an item.
  const schema = JSON.parse(text.replaceAll('"oneOf":', '"anyOf":'));
  const ajv = new Ajv2020({ strict: false, discriminator: false, validateFormats: false });
  ajv.addSchema(schema, "openai");
  const validate = ajv.compile({ $ref: `openai#/components/schemas/${name}` });
  return (value) => {
    validate(value);
    return validate.errors ?? [];
  };
}

/** Removes the nulls that the published schema does not allow: `usage` while a response runs, and `user`. */
function withoutNulls(event: ReceivedEvent): ReceivedEvent {
  const response = event["response"] as Record<string, unknown> | undefined;
  if (response === undefined) return event;
  const { user: absent, usage, ...rest } = response;
  expect(absent).toBeNull();
  return { ...event, response: usage === null ? rest : { ...rest, usage } };
}

/** Removes `end_turn`, which only the ChatGPT backend sends. */
export function withoutEndTurn(event: ReceivedEvent): ReceivedEvent {
  const response = event["response"] as Record<string, unknown> | undefined;
  if (response === undefined) return event;
  const { end_turn: _, ...rest } = response;
  return { ...event, response: rest };
}
