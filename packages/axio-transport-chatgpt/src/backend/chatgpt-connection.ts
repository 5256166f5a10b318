import { AxioError, type JsonObject, type ToolDefinition } from "axio";
import { toPlanBody } from "axio-responses";
import {
  type Backend,
  type BodyInput,
  HttpConnection,
  type ResponseRequest,
  responsesBody,
  type StreamingResponse,
  withParameters,
} from "axio-transport-kit";
import type { ChatGPTCredentials } from "../credentials.ts";
import type { ChatGPTTransportOptions } from "../options.ts";
import { OptionalParameters } from "./optional-parameters.ts";
import { isOffered, sendable } from "./sendable.ts";

/** What a {@link ChatGPTConnection} is made of. */
export interface ChatGPTConnectionOptions {
  readonly backend: Backend<ChatGPTCredentials>;
  readonly options: ChatGPTTransportOptions;
  /** Further members of each body. */
  readonly parameters: JsonObject;
  readonly warn: (warning: unknown) => void;
}

/** Asks OpenAI's API for answers on a ChatGPT plan, and remembers what it does not take. */
export class ChatGPTConnection extends HttpConnection<ChatGPTCredentials> {
  readonly #isStrict: boolean;
  readonly #warn: (warning: unknown) => void;
  readonly #uncertain: OptionalParameters;
  readonly #toldTools = new Set<string>();

  constructor({ backend, options, parameters, warn }: ChatGPTConnectionOptions) {
    const uncertain = new OptionalParameters();
    super({
      backend,
      options,
      // An account in another workspace has another client id, and cannot read these thoughts.
      accountOf: ({ clientId, subject }) => `${clientId} ${subject}`,
      body: (input) => planBody(input, options, uncertain, parameters),
    });
    this.#isStrict = options.strict === true;
    this.#warn = warn;
    this.#uncertain = uncertain;
  }

  /** @throws AxioError `unsupported-parameter` with `strict`, for a tool that the API does not run. */
  override open(question: ResponseRequest): Promise<StreamingResponse> {
    for (const tool of question.request.tools) if (!isOffered(tool)) this.#tellTool(tool);
    return super.open(question);
  }

  recover(error: AxioError): boolean {
    const warning = this.#isStrict ? undefined : this.#uncertain.refuse(error);
    if (warning !== undefined) this.#warn(warning);
    return warning !== undefined;
  }

  #tellTool({ name }: ToolDefinition): void {
    const warning = new AxioError(
      "unsupported-parameter",
      `The tool ${JSON.stringify(name)} is not offered to the model: on a ChatGPT plan, the API does not run it. Leave it out.`,
      { details: { parameter: "tools" } },
    );
    if (this.#isStrict) throw warning;
    if (this.#toldTools.has(name)) return;
    this.#toldTools.add(name);
    this.#warn(warning);
  }
}

function planBody(
  { request, ...input }: BodyInput,
  options: ChatGPTTransportOptions,
  uncertain: OptionalParameters,
  parameters: JsonObject,
): JsonObject {
  const body = toPlanBody(responsesBody({ ...input, request: sendable(request), options }));
  return withParameters(uncertain.without(body), parameters) as unknown as JsonObject;
}
