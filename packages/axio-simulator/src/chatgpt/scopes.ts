/** The permission to use the person's plan. */
export const PLAN_SCOPE = "chatgpt.tokens.use.direct";

/** Every scope the route knows. */
export const ALL_SCOPES: readonly string[] = [
  "openid",
  "profile",
  "email",
  "offline_access",
  "resource.invoke",
  PLAN_SCOPE,
];

/** What a person who refuses the use of the plan still grants. */
export const IDENTITY_SCOPES: readonly string[] = ALL_SCOPES.filter((scope) => scope !== PLAN_SCOPE);

/** Scopes in the form of the wire, sorted as the service has been seen to sort them. */
export function scopeText(scopes: readonly string[]): string {
  return [...scopes].sort().join(" ");
}
