import { createHash } from "node:crypto";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, jsonReply, type Reply } from "../http/reply.ts";
import { isAtLeast, type SimulatedModel } from "../responses/model-catalogue.ts";
import type { CodexState } from "./state.ts";

/** The version of a client that names none. It sees every model. */
const UNGATED_VERSION = "0.0.0";

/** `GET /models?client_version=`: the models for this client. */
export function listModels(request: RecordedRequest, state: CodexState): Reply {
  const version = request.query.get("client_version");
  if (version === null || !/^\d+\.\d+\.\d+$/.test(version)) {
    return detailReply(400, "client_version must be MAJOR.MINOR.PATCH");
  }
  const catalogue = visibleCatalogue(request, state, version);
  return jsonReply(200, { models: catalogue.entries }, { etag: catalogue.etag });
}

/** The ETag that `/models` returns to the sender of a request. */
export function modelsEtag(request: RecordedRequest, state: CodexState): string {
  const fromUserAgent = /\/(\d+\.\d+\.\d+)/.exec(request.headers["user-agent"] ?? "")?.[1];
  const version = state.clientVersions.get(clientKey(request)) ?? request.headers["version"] ?? fromUserAgent;
  return visibleCatalogue(request, state, version ?? UNGATED_VERSION).etag;
}

/** Remembers the version of a client for the ETag on its other responses. */
export function rememberClientVersion(request: RecordedRequest, state: CodexState): void {
  const version = request.query.get("client_version");
  if (version !== null) state.clientVersions.set(clientKey(request), version);
}

function clientKey(request: RecordedRequest): string {
  return `${request.headers["authorization"] ?? ""} ${request.headers["originator"] ?? ""}`;
}

function visibleCatalogue(
  request: RecordedRequest,
  state: CodexState,
  version: string,
): { entries: unknown[]; etag: string } {
  const known = isCodingOriginator(request.headers["originator"] ?? "");
  const entries = state.options.models
    .filter((model) => version === UNGATED_VERSION || isAtLeast(version, model.minimalClientVersion))
    // Unknown originators see the large context window.
    .map((model) =>
      modelEntry(known ? model : { ...model, maxContextWindow: Math.max(872_000, model.maxContextWindow) }),
    );
  const digest = createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 32);
  return { entries, etag: `W/"${digest}"` };
}

function isCodingOriginator(originator: string): boolean {
  return /^(codex_cli_rs|codex-tui|codex_exec|codex_vscode|codex_sdk_ts|Codex )/.test(originator);
}

function modelEntry(model: SimulatedModel): unknown {
  return {
    slug: model.slug,
    display_name: model.displayName,
    description: "A model of the simulator.",
    default_reasoning_level: model.defaultEffort,
    supported_reasoning_levels: model.efforts.map((effort) => ({ effort, description: `Effort ${effort}` })),
    shell_type: "unified_exec",
    visibility: model.visibility,
    minimal_client_version: model.minimalClientVersion,
    supported_in_api: true,
    availability_nux: null,
    upgrade: null,
    priority: model.priority,
    base_instructions: "You are a coding agent.",
    model_messages: null,
    default_reasoning_summary: "none",
    supports_reasoning_summaries: true,
    support_verbosity: true,
    default_verbosity: "low",
    apply_patch_tool_type: "freeform",
    truncation_policy: { mode: "tokens", limit: 10_000 },
    supports_parallel_tool_calls: true,
    context_window: model.contextWindow,
    max_context_window: model.maxContextWindow,
    auto_compact_token_limit: null,
    effective_context_window_percent: 95,
    experimental_supported_tools: [],
    input_modalities: ["text", "image"],
    prefer_websockets: false,
    use_responses_lite: model.lite,
    additional_speed_tiers: [],
    service_tiers: model.serviceTiers.map((id) => ({ id, name: id, description: `Tier ${id}` })),
    available_in_plans: ["free", "go", "plus", "pro", "team", "business", "enterprise", "edu"],
  };
}
