import type { AxioError, StreamRequest } from "axio";
import { STRICT_SUBSET, strictWarnings } from "axio/internal";
import type { Dialect } from "../dialect/dialect.ts";

/** Returns a warning for each schema that is sent without `strict` because the server cannot enforce it. */
export function requestWarnings(
  { tools, outputFormat }: Pick<StreamRequest, "tools" | "outputFormat">,
  { strict }: Pick<Dialect, "strict">,
): readonly AxioError[] {
  return strict ? strictWarnings(tools, outputFormat, STRICT_SUBSET) : [];
}
