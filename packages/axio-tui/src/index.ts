export { runProcess } from "./cli/run-process.ts";
