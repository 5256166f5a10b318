export type { AccountInfo, LoginMethod, LogoutOutcome } from "../cli/program.ts";
export type { PlanUse, PlanUseWords, ProviderLogin, ProviderLogout, SignInProvider } from "./provider.ts";
export { type TransportPluginParts, textSetting, transportPlugin } from "./transport-plugin.ts";
