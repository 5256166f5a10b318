export { transport } from "./transport.ts";
