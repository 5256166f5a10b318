export { LOCAL_TOOL_NAMES, type LocalToolName, type LocalToolsOptions, localTools } from "./local-tools.ts";
export type { SandboxMode } from "./shell/launcher.ts";
