export { OpenWorkflowEngine, type OpenWorkflowEngineOptions } from "./open-workflow-engine.ts";
