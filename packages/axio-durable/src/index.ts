export { Approvals } from "./approvals.ts";
export { DurableAgent, type DurableAgentOptions, type StartOptions } from "./durable-agent.ts";
export type { ApprovalRequestEvent, DurableEvent } from "./durable-event.ts";
export { type DurableStore, MemoryDurableStore } from "./durable-store.ts";
export type { Continuation, Engine, HeldRun, Interruption, Worker, WorkerOptions } from "./engine.ts";
export { handleRunRequest } from "./handle-request.ts";
export { LeaseEngine, type LeaseEngineOptions } from "./lease-engine.ts";
export { type ObservedEvent, type ObserveOptions, observeRun } from "./observe.ts";
export { RunHolder, type RunHolderOptions } from "./run-holder.ts";
