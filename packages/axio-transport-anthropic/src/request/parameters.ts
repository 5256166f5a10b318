import { AxioError, type JsonObject } from "axio";
import type { ModelFacts } from "../models/model-facts.ts";

/** The members that a request sets itself. */
export const OWN_MEMBERS: ReadonlySet<string> = new Set([
  "max_tokens",
  "mcp_servers",
  "messages",
  "model",
  "stream",
  "system",
  "thinking",
  "tool_choice",
  "tools",
]);

const SAMPLING: readonly string[] = ["temperature", "top_p", "top_k"];

/** Why `top_p` is not sent beside `temperature`. */
export const ONE_OF_BOTH = 'Models take one of "temperature" and "top_p".';

/** The caller's members of the body, and an error for each that is not sent. */
export interface CheckedParameters {
  readonly sent: JsonObject;
  readonly warnings: readonly AxioError[];
}

/** Leaves out members that the request sets itself, and settings that the model or the host refuses. */
export function checkParameters(parameters: JsonObject, accepted: AcceptedParameters): CheckedParameters {
  const warnings: AxioError[] = [];
  const entries = Object.entries(parameters).filter(([name, value]) => {
    const reason = whyNot(name, value, accepted);
    if (reason === undefined) return true;
    warnings.push(
      new AxioError(
        "unsupported-parameter",
        `The parameter ${JSON.stringify(name)} is not sent. ${reason} Omit it.`,
        {
          details: { parameter: name },
        },
      ),
    );
    return false;
  });
  const sent = Object.fromEntries(entries);
  if (accepted.facts.sampling && sent["temperature"] !== undefined && sent["top_p"] !== undefined) {
    const { top_p: _, ...rest } = sent;
    warnings.push(
      new AxioError("unsupported-parameter", `The parameter "top_p" is not sent. ${ONE_OF_BOTH} Omit it.`, {
        details: { parameter: "top_p" },
      }),
    );
    return { sent: rest, warnings };
  }
  return { sent, warnings };
}

/** The facts that decide what is accepted. */
export interface AcceptedParameters {
  readonly facts: ModelFacts;
  /** Whether the model reasons in this request. */
  readonly thinks: boolean;
  /** The members that the host refuses. */
  readonly refused: readonly string[];
}

/** Says in a sentence why a member is not accepted; `undefined` if it is. */
export function whyNot(
  name: string,
  value: unknown,
  { facts, thinks, refused }: AcceptedParameters,
): string | undefined {
  if (refused.includes(name)) return "The server does not accept it.";
  if (!SAMPLING.includes(name)) return undefined;
  const isDefault = (name === "temperature" && value === 1) || (name === "top_p" && Number(value) >= 0.99);
  if (!facts.sampling && !isDefault) return "The model does not accept it.";
  if (thinks && name === "temperature" && value !== 1) return "A model that reasons accepts only 1.";
  return thinks && name === "top_k" ? "A model that reasons does not accept it." : undefined;
}
