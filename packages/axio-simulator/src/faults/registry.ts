import { CONNECTION_FAULTS, RESPONSES_BODY_FAULTS } from "./connection-faults.ts";
import type { Fault } from "./fault.ts";
import { FRAMING_FAULTS } from "./framing-faults.ts";
import { OAUTH_FAULTS } from "./oauth-faults.ts";
import { SHARING_FAULTS } from "./sharing-faults.ts";
import { STATUS_FAULTS } from "./status-faults.ts";
import { STREAM_ERROR_FAULTS } from "./stream-error-faults.ts";
import { STREAM_SHAPE_FAULTS } from "./stream-shape-faults.ts";

/** Every fault of the simulator, by name. */
export const FAULTS: ReadonlyMap<string, Fault> = new Map<string, Fault>(
  [
    ...STATUS_FAULTS,
    ...OAUTH_FAULTS,
    ...CONNECTION_FAULTS,
    ...RESPONSES_BODY_FAULTS,
    ...STREAM_ERROR_FAULTS,
    ...STREAM_SHAPE_FAULTS,
    ...FRAMING_FAULTS,
    ...SHARING_FAULTS,
  ].map((fault) => [fault.name, fault]),
);
