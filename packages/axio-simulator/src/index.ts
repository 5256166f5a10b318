export { CLAUDE_FAULTS } from "./anthropic/claude-faults.ts";
export type { MessageContext } from "./anthropic/events.ts";
export type { ClaudeModel, ThinkingType } from "./anthropic/models.ts";
export { CLAUDE_MODELS } from "./anthropic/models.ts";
export type { AnthropicSimulatorOptions } from "./anthropic/options.ts";
export type { SimulatedClaudeLimit, SimulatedClaudeLimits } from "./anthropic/rate-limits.ts";
export type { ClaudeRule, ClaudeRuleContext } from "./anthropic/rules/claude-rule.ts";
export type { ClaudeRuleName } from "./anthropic/rules/claude-rules.ts";
export { CLAUDE_RULES, findClaudeRefusal } from "./anthropic/rules/claude-rules.ts";
export type { AnthropicSimulator } from "./anthropic/simulator.ts";
export { startAnthropicSimulator } from "./anthropic/simulator.ts";
export { CHAT_FAULTS } from "./chat/chat-faults.ts";
export type { ChunkContext } from "./chat/chunks.ts";
export type { ChatDialect, ChatDialectName } from "./chat/dialects.ts";
export { CHAT_DIALECTS } from "./chat/dialects.ts";
export type { ChatRule, ChatRuleContext } from "./chat/rules/chat-rule.ts";
export type { ChatRuleName } from "./chat/rules/chat-rules.ts";
export { CHAT_RULES, findChatRefusal } from "./chat/rules/chat-rules.ts";
export type { ChatSwitches, ReasoningMember } from "./chat/switches.ts";
export { CHATGPT_ACCOUNTS } from "./chatgpt/accounts.ts";
export type { ChatGPTRuleContext } from "./chatgpt/chatgpt-body.ts";
export { findChatGPTRefusal } from "./chatgpt/chatgpt-body.ts";
export type { IssuedPlanTokens, IssuePlanOptions } from "./chatgpt/issue.ts";
export type { ChatGPTSimulatorOptions } from "./chatgpt/options.ts";
export type { Registration } from "./chatgpt/registrations.ts";
export { DYNAMIC_CLIENT_ID } from "./chatgpt/registrations.ts";
export { ALL_SCOPES, PLAN_SCOPE } from "./chatgpt/scopes.ts";
export type { ChatGPTSimulator } from "./chatgpt/simulator.ts";
export { startChatGPTSimulator } from "./chatgpt/simulator.ts";
export type { ChatGPTStats } from "./chatgpt/state.ts";
export type {
  AuthorizeSwitches,
  ChatGPTSwitches,
  DiscoverySwitches,
  KeysSwitches,
  SwitchChanges,
  SwitchTarget,
  TokenSwitches,
} from "./chatgpt/switches.ts";
export type { UnknownRule, UnknownRules } from "./chatgpt/unknowns.ts";
export type { Violation, ViolationKind } from "./chatgpt/violations.ts";
export type { CodexRuleContext } from "./codex/codex-body.ts";
export { findCodexRefusal } from "./codex/codex-body.ts";
export type { IssuedTokens, IssueOptions } from "./codex/codex-tokens.ts";
export { CLIENT_ID } from "./codex/codex-tokens.ts";
export type { SimulatorOptions } from "./codex/options.ts";
export type { SimulatedRateLimits, SimulatedWindow } from "./codex/rate-limits.ts";
export type { Simulator } from "./codex/simulator.ts";
export { startSimulator } from "./codex/simulator.ts";
export type { SimulatorStats } from "./codex/state.ts";
export type { RunningSimulator, SharedSimulator } from "./create-simulator.ts";
export type { Fault } from "./faults/fault.ts";
export type { FaultQueue } from "./faults/fault-queue.ts";
export type { FaultSpec, FaultTarget } from "./faults/fault-spec.ts";
export { FAULTS } from "./faults/registry.ts";
export type { RecordedRequest } from "./http/recorded-request.ts";
export type { SimulatedAccount } from "./oauth/accounts.ts";
export { DEFAULT_ACCOUNTS } from "./oauth/accounts.ts";
export type { TokenState } from "./oauth/token-vault.ts";
export type { ChatTools, KeyedModel } from "./openai/models.ts";
export { OPENAI_MODELS } from "./openai/models.ts";
export type { OpenAISimulatorOptions } from "./openai/options.ts";
export type { SimulatedApiLimit, SimulatedApiLimits } from "./openai/rate-limits.ts";
export type { OpenAIRuleContext } from "./openai/responses-body.ts";
export { findOpenAIRefusal } from "./openai/responses-body.ts";
export type { OpenAISimulator } from "./openai/simulator.ts";
export { startOpenAISimulator } from "./openai/simulator.ts";
export type { OpenAISwitches } from "./openai/state.ts";
export type { SimulatedModel } from "./responses/model-catalogue.ts";
export { DEFAULT_MODELS } from "./responses/model-catalogue.ts";
export type { Refusal } from "./rules/refusal.ts";
export type { RuleName } from "./rules/request-rules.ts";
export { findRefusal, REQUEST_RULES } from "./rules/request-rules.ts";
export type { RequestRule, RuleContext, RuleModel } from "./rules/rule.ts";
export type { FaultPoint } from "./stream/frames.ts";
export { ResponseQueue } from "./stream/response-queue.ts";
export type { ScriptedUsage } from "./stream/script.ts";
export type {
  PreparedResponse,
  ScriptedResponse,
  ScriptedToolCall,
} from "./stream/scripted-response.ts";
