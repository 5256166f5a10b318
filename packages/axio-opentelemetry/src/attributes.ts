import type { Attributes } from "@opentelemetry/api";
import { type RunStart, type StepEndEvent, type StreamRequest, type Usage, userMessage } from "axio";
import { finishReason, inputMessages, systemInstructions, toolDefinitions } from "./content.ts";

/** The id of a model. */
export function modelId(model: string | { readonly id: string }): string {
  return typeof model === "string" ? model : model.id;
}

/** The token counts as attributes of a span. */
export function usageAttributes(usage: Usage): Attributes {
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cachedInputTokens,
    "gen_ai.usage.cache_write.input_tokens": usage.cacheWriteTokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
    "axio.cost_usd": usage.costUsd,
  };
}

/** The attributes of a request. */
export function requestAttributes(request: StreamRequest, recordContent: boolean): Attributes {
  const { conversationId, outputFormat, reasoning, system, messages, tools } = request;
  const content = recordContent
    ? {
        "gen_ai.system_instructions": systemInstructions(system),
        "gen_ai.input.messages": inputMessages(messages),
        "gen_ai.tool.definitions": toolDefinitions(tools),
      }
    : {};
  return {
    "gen_ai.request.stream": true,
    "gen_ai.conversation.id": conversationId,
    "gen_ai.output.type": outputFormat === undefined ? undefined : "json",
    "gen_ai.request.reasoning.level": reasoning?.effort,
    "gen_ai.request.max_tokens": request.maxOutputTokens,
    "gen_ai.request.temperature": request.temperature,
    "gen_ai.request.top_p": request.topP,
    "gen_ai.request.top_k": request.topK,
    "gen_ai.request.stop_sequences": request.stop === undefined ? undefined : [...request.stop],
    "gen_ai.request.seed": request.seed,
    "gen_ai.request.presence_penalty": request.presencePenalty,
    "gen_ai.request.frequency_penalty": request.frequencyPenalty,
    ...content,
  };
}

/** The attributes of a complete response. */
export function responseAttributes({ stopReason, usage, responseId, model }: StepEndEvent): Attributes {
  return {
    "gen_ai.response.finish_reasons": [finishReason(stopReason)],
    "gen_ai.response.id": responseId,
    "gen_ai.response.model": model,
    ...usageAttributes(usage),
  };
}

/** The attributes of a run that starts. */
export function runAttributes(
  run: RunStart,
  agentName: string | undefined,
  recordContent: boolean,
): Attributes {
  const { transport, model, conversationId, runId, system, prompt } = run;
  const content = recordContent
    ? {
        "gen_ai.system_instructions": systemInstructions(system),
        "gen_ai.input.messages": inputMessages([userMessage(prompt)]),
      }
    : {};
  return {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.provider.name": transport.provider ?? "_OTHER",
    "gen_ai.agent.name": agentName,
    "gen_ai.conversation.id": conversationId,
    "gen_ai.request.model": modelId(model ?? transport.model),
    "axio.run_id": runId,
    ...content,
  };
}
