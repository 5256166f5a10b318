import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AnyMessage } from "@agentclientprotocol/sdk";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";

interface Definition {
  readonly "x-method"?: string;
}

/** Checks the messages of an agent against the JSON Schema of the protocol. */
export class ProtocolSchema {
  readonly #validators = new Map<string, ValidateFunction>();
  /** The methods of the client's requests, by id. */
  readonly #asked = new Map<unknown, string>();

  constructor() {
    const path = createRequire(import.meta.url).resolve("@agentclientprotocol/sdk/schema/v1/schema.json");
    const schema = JSON.parse(readFileSync(path, "utf8")) as { $defs: Record<string, Definition> };
    const ajv = new Ajv2020.default({ strict: false, logger: false, validateFormats: false });
    ajv.addSchema({ ...schema, $id: "acp" });
    for (const [name, { "x-method": method }] of Object.entries(schema.$defs)) {
      const kind = /(Request|Response|Notification)$/.exec(name)?.[1];
      const validate = ajv.getSchema(`acp#/$defs/${name}`);
      if (method !== undefined && kind !== undefined && validate !== undefined)
        this.#validators.set(`${kind} ${method}`, validate);
    }
  }

  /** Remembers what the client asked. */
  sent(message: AnyMessage): void {
    if ("method" in message && "id" in message) this.#asked.set(message.id, message.method);
  }

  /** Returns what is wrong with a message of the agent; "" if nothing is. */
  faultOf(message: AnyMessage): string {
    if (message.jsonrpc !== "2.0") return "not JSON-RPC 2.0";
    if (!("method" in message)) {
      const method = this.#asked.get(message.id);
      if (method === undefined) return `an answer to nothing: ${message.id}`;
      if ("error" in message)
        return typeof message.error.message === "string" ? "" : "an error without a message";
      return this.#check(`Response ${method}`, message.result);
    }
    if (message.method === "$/cancel_request") return "";
    return this.#check(`${"id" in message ? "Request" : "Notification"} ${message.method}`, message.params);
  }

  #check(name: string, value: unknown): string {
    const validate = this.#validators.get(name);
    if (validate === undefined) return `the protocol has no ${name}`;
    return validate(value)
      ? ""
      : `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))} in ${JSON.stringify(value)}`;
  }
}
