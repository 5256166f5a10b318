export { ChatGPTSettingsScreen, settings } from "./settings-screen.ts";
