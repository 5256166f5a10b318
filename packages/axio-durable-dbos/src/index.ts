export { DbosEngine, type DbosEngineOptions } from "./dbos-engine.ts";
