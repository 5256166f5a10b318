/** The permission to use the plan. */
export const PLAN_SCOPE = "chatgpt.tokens.use.direct";

/** Every scope of the route. */
export const ALL_SCOPES: readonly string[] = [
  "openid",
  "profile",
  "email",
  "offline_access",
  "resource.invoke",
  PLAN_SCOPE,
];

/** The scopes without the use of the plan. */
export const IDENTITY_SCOPES: readonly string[] = ALL_SCOPES.filter((scope) => scope !== PLAN_SCOPE);

/** Scopes as the service writes them: sorted. */
export function scopeText(scopes: readonly string[]): string {
  return [...scopes].sort().join(" ");
}
