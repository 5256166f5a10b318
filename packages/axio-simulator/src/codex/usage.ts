import { jsonReply, type Reply } from "../http/reply.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { resetAt, type SimulatedWindow } from "./rate-limits.ts";
import type { CodexState } from "./state.ts";

/** `GET /wham/usage`. Unlike the headers, it has seconds and whole percents. */
export function showUsage(account: SimulatedAccount, state: CodexState): Reply {
  const { primary, secondary, credits } = state.rateLimits;
  const reached = [primary, secondary].some((window) => window !== undefined && window.usedPercent >= 100);
  return jsonReply(200, {
    user_id: account.userId,
    account_id: account.id,
    email: account.email,
    plan_type: account.planType,
    rate_limit: {
      allowed: !reached,
      limit_reached: reached,
      primary_window: usageWindow(primary),
      secondary_window: usageWindow(secondary),
    },
    code_review_rate_limit: null,
    additional_rate_limits: [
      {
        limit_name: "Simulator special",
        metered_feature: "codex_bengalfox",
        rate_limit: { allowed: true, limit_reached: false, primary_window: null, secondary_window: null },
      },
    ],
    credits: {
      has_credits: credits.hasCredits,
      unlimited: credits.unlimited,
      overage_limit_reached: false,
      balance: credits.balance ?? "0",
      approx_local_messages: [0, 0],
      approx_cloud_messages: [0, 0],
    },
    spend_control: { reached: false, individual_limit: null },
    rate_limit_reached_type: reached ? { type: "rate_limit_reached" } : null,
    promo: null,
    referral_beacon: null,
    rate_limit_reset_credits: null,
  });
}

function usageWindow(window: SimulatedWindow | undefined): unknown {
  if (window === undefined) return null;
  return {
    used_percent: Math.round(window.usedPercent),
    limit_window_seconds: window.windowMinutes * 60,
    reset_after_seconds: window.resetAfterSeconds,
    reset_at: resetAt(window),
  };
}

/** `GET /wham/accounts/check`: the accounts of the user and the origin of their backend. */
export function checkAccounts(account: SimulatedAccount, state: CodexState): Reply {
  const own = state.options.accounts.filter(({ userId }) => userId === account.userId);
  return jsonReply(200, {
    accounts: own.map(({ id, name, structure }) => ({
      id,
      name,
      structure,
      workspace_backend_origin: state.origin,
      account_routing_override: "NO_CONSTRAINT",
    })),
    account_ordering: own.map(({ id }) => id),
    default_account_id: account.id,
  });
}
