/** Options of `createAxio()`. */
export interface AxioProviderOptions {
  /** The name of the provider in the AI SDK's telemetry. Default: `"axio"`. */
  readonly name?: string | undefined;
  /** Refuses settings that have no effect, such as `temperature`. Default: `false`, they are warnings. */
  readonly strict?: boolean | undefined;
  /** Sends `https` URLs of images and PDF files on, for providers that fetch them. Default: `false`, the AI SDK fetches them. */
  readonly passUrls?: boolean | undefined;
  /**
   * How a response ends whose connection broke: `"error"`, or `"interrupted"`, which keeps the partial output and throws nothing
   * (`ai` 7 only). Default: `"error"`.
   */
  readonly onTruncated?: "error" | "interrupted" | undefined;
}
