import type { AxioError, StreamRequest } from "axio";
import { STRICT_SUBSET, strictWarnings } from "axio/internal";

/** Returns a warning for each schema that is sent without `strict` because the API cannot enforce it. */
export function requestWarnings({
  tools,
  outputFormat,
}: Pick<StreamRequest, "tools" | "outputFormat">): readonly AxioError[] {
  return strictWarnings(tools, outputFormat, STRICT_SUBSET);
}
