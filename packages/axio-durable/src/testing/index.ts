export { describeEngine, type EngineContract, type EngineHarness } from "./describe-engine.ts";
