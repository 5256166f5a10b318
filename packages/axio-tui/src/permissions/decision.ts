import type { PermissionSubject } from "axio/plugin";
import { formatRule, type Rule } from "./rule.ts";

/** How a request is decided. */
export type Decision =
  | { readonly action: "allow" }
  /** `reason` is for the model. */
  | { readonly action: "deny"; readonly reason: string }
  | {
      readonly action: "ask";
      /** Whether a rule says so: then no earlier answer counts. */
      readonly isExplicit: boolean;
      /** Whether a rule that denies may match, which cannot be known. Then nothing but the user's answer allows it. */
      readonly mayBeDenied: boolean;
    };

/** No rule says anything about the request. */
export const UNDECIDED = { action: "ask", isExplicit: false, mayBeDenied: false } as const;

/** A rule says that the user is asked. */
export const ASKED_BY_RULE = { action: "ask", isExplicit: true, mayBeDenied: false } as const;

/** The decision of a rule that denies. */
export function deniedBy(rule: Rule): Decision {
  return {
    action: "deny",
    reason: `The user's rule "${formatRule(rule)}" denies this. Find another way.`,
  };
}

/** The places that patterns refer to. */
export interface DecisionContext {
  /** The working directory, absolute. Default: unknown, so that only relative paths match. */
  readonly cwd?: string | undefined;
  /** The user's home directory, for `~/`. */
  readonly home?: string | undefined;
  /**
   * Returns where a path of a command really leads, without symbolic links: relative to the working directory, or absolute.
   * Default: the path itself.
   */
  readonly locate?: ((path: string) => string) | undefined;
}

/** The part of a permission request that is decided. */
export interface DecidedRequest {
  readonly subject?: PermissionSubject | undefined;
  readonly isAllowedByDefault?: boolean | undefined;
}

/** Joins decisions about the parts of one request: the strictest counts. */
export function strictest(decisions: readonly Decision[]): Decision {
  const denied = decisions.find(({ action }) => action === "deny");
  if (denied !== undefined) return denied;
  const asked = decisions.filter((decision) => decision.action === "ask");
  if (asked.length === 0) return { action: "allow" };
  return {
    action: "ask",
    isExplicit: asked.some(({ isExplicit }) => isExplicit),
    mayBeDenied: asked.some(({ mayBeDenied }) => mayBeDenied),
  };
}
