import { ROWS, type Row } from "test-support/fault-matrix/cells";
import { messageRows, stale, upgradeRows, WEB_SOCKET_ROWS } from "test-support/fault-matrix/web-socket-cells";

/** Every fault in a message, with its expected results. */
export const MESSAGE_ROWS: readonly Row[] = [
  ...messageRows(ROWS),
  ...WEB_SOCKET_ROWS,
  stale("previous_response_not_found"),
  stale("previous_response_message"),
];

/** Every fault at the upgrade, with its expected results. */
export const UPGRADE_ROWS: readonly Row[] = upgradeRows(ROWS);
