/** The forms of the output: the text of the answer, the result as one JSON object, or each event as a line of JSON. */
export const OUTPUT_FORMATS = ["text", "json", "events"] as const;

/** A form of the output. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
