import { API_FAULTS } from "../faults/api-faults.ts";
import type { Fault, FaultRegistry } from "../faults/fault.ts";
import { FAULTS } from "../faults/registry.ts";
import type { EnvelopeContext } from "../stream/envelope.ts";

/** Every fault of the public Responses API, by name. */
export const RESPONSES_API_FAULTS: FaultRegistry<EnvelopeContext> = new Map<string, Fault>([
  ...FAULTS,
  ...API_FAULTS.map((fault): [string, Fault] => [fault.name, fault]),
]);
