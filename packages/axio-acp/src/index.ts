export { type AcpIo, runAcp } from "./run-acp.ts";
