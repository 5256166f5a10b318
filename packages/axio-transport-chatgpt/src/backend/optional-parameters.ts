import { AxioError, type JsonObject } from "axio";
import type { ChatGPTTransportOptions } from "../options.ts";
import type { PlanRequestBody } from "./plan-body.ts";

/** The parameters of which it is not documented whether the API accepts them on a ChatGPT plan, and what is done without. */
const WITHOUT = {
  "text.format": "The model is told the format of the response in the instructions instead.",
  "text.verbosity": "The model chooses the length of its responses.",
  tool_choice: "The model chooses its tools itself.",
  parallel_tool_calls: "The model may call several tools at once.",
} as const;

type OptionalParameter = keyof typeof WITHOUT;

/** Drops parameters that the API has rejected from all later requests. */
export class OptionalParameters {
  readonly #options: Pick<ChatGPTTransportOptions, "strict" | "onWarning">;
  readonly #rejected = new Set<OptionalParameter>();

  constructor(options: Pick<ChatGPTTransportOptions, "strict" | "onWarning"> = {}) {
    this.#options = options;
  }

  /** Drops the parameter that an error rejects. Returns whether the request is worth repeating. */
  recover({ code, details }: AxioError): boolean {
    const name = details.parameter?.replace(/^(tool_choice|text\.format)[.[].*$/, "$1");
    if (this.#options.strict === true || code !== "unsupported-parameter") return false;
    if (!isOptional(name) || this.#rejected.has(name)) return false;
    this.#rejected.add(name);
    this.#options.onWarning?.(
      new AxioError(
        "unsupported-parameter",
        `On a ChatGPT plan, the API does not accept ${name}. It is not sent any more. ${WITHOUT[name]}`,
        { details },
      ),
    );
    return true;
  }

  /** Returns the body without rejected parameters. */
  without(body: PlanRequestBody): PlanRequestBody {
    if (this.#rejected.size === 0) return body;
    const { text, tool_choice: choice, parallel_tool_calls: isParallel, instructions, ...rest } = body;
    const { format, verbosity } = text ?? {};
    const dropsFormat = format !== undefined && this.#rejected.has("text.format");
    const remaining = {
      ...(verbosity === undefined || this.#rejected.has("text.verbosity") ? {} : { verbosity }),
      ...(format === undefined || dropsFormat ? {} : { format }),
    };
    return {
      ...rest,
      instructions: dropsFormat ? `${instructions}\n\n${formatInWords(format.schema)}` : instructions,
      ...(choice === undefined || this.#rejected.has("tool_choice") ? {} : { tool_choice: choice }),
      ...(isParallel === undefined || this.#rejected.has("parallel_tool_calls")
        ? {}
        : { parallel_tool_calls: isParallel }),
      ...(Object.keys(remaining).length === 0 ? {} : { text: remaining }),
    };
  }
}

function isOptional(name: string | undefined): name is OptionalParameter {
  return name !== undefined && Object.hasOwn(WITHOUT, name);
}

function formatInWords(schema: JsonObject): string {
  return `Respond with JSON only, without any text around it, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
}
