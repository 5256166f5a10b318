import { AxioError, type JsonObject } from "axio";
import type { PlanRequestBody } from "axio-responses";

/** What a request may ask for of which nobody has told whether the API takes it on a ChatGPT plan. */
export type OptionalParameter = "text.format" | "text.verbosity" | "tool_choice" | "parallel_tool_calls";

const INSTEAD: Readonly<Record<OptionalParameter, string>> = {
  "text.format": "The model is told the form of the answer in words instead.",
  "text.verbosity": "Answers are as long as the model makes them.",
  tool_choice: "The model chooses its tools itself.",
  parallel_tool_calls: "The model may ask for several tools at once.",
};

/** Remembers which of them the API has refused, so that the requests after that do without. */
export class OptionalParameters {
  readonly #refused = new Set<OptionalParameter>();

  /**
   * Takes note of a refusal.
   *
   * @returns What to tell the caller, where the request is worth another try without the member.
   */
  refuse({ code, details }: AxioError): AxioError | undefined {
    const member = details.parameter?.replace(/^(tool_choice|text\.format)[.[].*$/, "$1");
    if (code !== "unsupported-parameter" || !isUncertain(member) || this.#refused.has(member))
      return undefined;
    this.#refused.add(member);
    return new AxioError(
      "unsupported-parameter",
      `On a ChatGPT plan, the API does not take ${member}. It is left out from now on. ${INSTEAD[member]}`,
      { details },
    );
  }

  /** The body without what was refused. */
  without(body: PlanRequestBody): PlanRequestBody {
    if (this.#refused.size === 0) return body;
    const { text, tool_choice: choice, parallel_tool_calls: isParallel, instructions, ...rest } = body;
    const { format, verbosity } = text ?? {};
    const dropsFormat = format !== undefined && this.#refused.has("text.format");
    const kept = {
      ...(verbosity === undefined || this.#refused.has("text.verbosity") ? {} : { verbosity }),
      ...(format === undefined || dropsFormat ? {} : { format }),
    };
    return {
      ...rest,
      instructions: dropsFormat ? `${instructions}\n\n${formInWords(format.schema)}` : instructions,
      ...(choice === undefined || this.#refused.has("tool_choice") ? {} : { tool_choice: choice }),
      ...(isParallel === undefined || this.#refused.has("parallel_tool_calls")
        ? {}
        : { parallel_tool_calls: isParallel }),
      ...(Object.keys(kept).length === 0 ? {} : { text: kept }),
    };
  }
}

function isUncertain(member: string | undefined): member is OptionalParameter {
  return member !== undefined && Object.hasOwn(INSTEAD, member);
}

function formInWords(schema: JsonObject): string {
  return `Answer with JSON alone, without any text around it, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
}
