import { type Block, isJsonObject, type JsonObject, parseMessages } from "axio";
import type { WorkspaceOptions } from "../headless/workspace.ts";
import type { StartOptions } from "../host/app-options.ts";
import { PERMISSION_MODES } from "../permissions/mode.ts";
import { parseRule } from "../permissions/rule.ts";
import { RPC_ERRORS, RpcError } from "./message.ts";

/** The members of `params` that a method reads, each checked. */
export class Params {
  readonly #params: JsonObject;

  /** @throws RpcError if there is a member that the method does not know. */
  constructor(params: JsonObject, names: readonly string[]) {
    const unknown = Object.keys(params).find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw invalid(
        `There is no parameter ${JSON.stringify(unknown)}. Known: ${names.join(", ") || "none"}.`,
      );
    this.#params = params;
  }

  /** @throws RpcError if it is not a string. */
  text(name: string): string | undefined {
    const value = this.#params[name];
    if (value === undefined || typeof value === "string") return value;
    throw invalid(`${name} is not a string.`);
  }

  /** @throws RpcError if it is not a string, or missing. */
  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") throw invalid(`${name} is missing.`);
    return value;
  }

  /** @throws RpcError if it is not a boolean. */
  flag(name: string): boolean | undefined {
    const value = this.#params[name];
    if (value === undefined || typeof value === "boolean") return value;
    throw invalid(`${name} is not true or false.`);
  }

  /** @throws RpcError if it is not an integer from 1 on. */
  count(name: string): number | undefined {
    const value = this.#params[name];
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
    throw invalid(`${name} is not an integer from 1 on.`);
  }

  /** @throws RpcError if it is not an object. */
  object(name: string): JsonObject | undefined {
    const value = this.#params[name];
    if (value === undefined || isJsonObject(value)) return value;
    throw invalid(`${name} is not an object.`);
  }

  /** The provider, model, effort and profile. */
  selection(): Pick<StartOptions, "provider" | "model" | "effort" | "profile"> {
    return {
      provider: this.text("provider"),
      model: this.text("model"),
      effort: this.text("effort"),
      profile: this.text("profile"),
    };
  }

  /**
   * Returns the permissions, as options of a workspace.
   *
   * @throws RpcError if a rule or the mode is wrong.
   */
  access(): Pick<WorkspaceOptions, "rules" | "mode" | "trustsFolder"> {
    const name = this.text("mode");
    const mode = PERMISSION_MODES.find((mode) => mode === name);
    if (name !== undefined && mode === undefined)
      throw invalid(`mode is not one of ${PERMISSION_MODES.join(", ")}.`);
    return {
      rules: { allow: this.#rules("allow"), deny: this.#rules("deny") },
      mode,
      trustsFolder: this.flag("trust"),
    };
  }

  /**
   * A prompt: `text`, or `blocks` as in a message.
   *
   * @throws RpcError if there is no prompt; AxioError if a block is not valid.
   */
  prompt(): readonly Block[] {
    const text = this.text("text");
    const content = this.#params["blocks"];
    if (text !== undefined && text !== "" && content === undefined) return [{ type: "text", text }];
    if (text !== undefined || content === undefined) throw invalid("Pass either text or blocks.");
    const [message] = parseMessages([{ role: "user", content }]);
    return message?.content ?? [];
  }

  #rules(name: string): readonly string[] | undefined {
    const value = this.#params[name];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw invalid(`${name} is not a list of rules.`);
    return value.map((rule: unknown) => {
      const parsed = typeof rule === "string" ? parseRule(rule) : { problem: "it must be a string" };
      if ("problem" in parsed) throw invalid(`A rule of ${name} is wrong: ${parsed.problem}.`);
      return String(rule);
    });
  }
}

function invalid(message: string): RpcError {
  return new RpcError(RPC_ERRORS.invalidParams, message);
}
