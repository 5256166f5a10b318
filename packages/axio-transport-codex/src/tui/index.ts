export { settings } from "./settings-screen.ts";
