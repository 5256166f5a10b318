/**
 * The permission modes, in the order of Shift-Tab.
 *
 * - `ask`: whatever no rule allows is asked.
 * - `accept-edits`: changes of files in the working folder are allowed as well.
 * - `plan`: nothing may be changed.
 */
export const PERMISSION_MODES = ["ask", "accept-edits", "plan"] as const;

/** How requests are treated that no rule decides. */
export type PermissionMode = (typeof PERMISSION_MODES)[number];

/** The mode after another one. */
export function nextMode(mode: PermissionMode): PermissionMode {
  return PERMISSION_MODES[(PERMISSION_MODES.indexOf(mode) + 1) % PERMISSION_MODES.length] ?? "ask";
}

/** The name of a mode, as users see it. */
export function modeTitle(mode: PermissionMode): string {
  return mode === "accept-edits" ? "accept edits" : mode;
}

/** Why plan mode denies something, for the model. */
export const PLAN_REASON =
  "The user has chosen plan mode: read and search, but change nothing and run nothing. Do not try another way; describe what you would do.";
