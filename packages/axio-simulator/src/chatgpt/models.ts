import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, jsonReply, type Reply } from "../http/reply.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { isAtLeast, type SimulatedModel } from "../responses/model-catalogue.ts";
import type { ChatGPTState } from "./state.ts";

/** The version of a client that names none. The newest models were not in such a list. */
const UNNAMED_VERSION = "0.153.0";

/** `GET /v1/models`: the models of the plan, not those of the platform. */
export function listPlanModels(
  request: RecordedRequest,
  account: SimulatedAccount,
  state: ChatGPTState,
): Reply {
  const version = request.query.get("client_version") ?? UNNAMED_VERSION;
  if (!/^\d+\.\d+\.\d+$/.test(version)) return detailReply(400, "client_version must be MAJOR.MINOR.PATCH");
  const models = modelsOf(account, state).filter((model) => isAtLeast(version, model.minimalClientVersion));
  return jsonReply(200, { models: models.map(row) });
}

/** The models that an account may use, including those that the list hides. */
export function modelsOf(account: SimulatedAccount, state: ChatGPTState): readonly SimulatedModel[] {
  const slugs = state.options.modelsOf[account.id];
  return state.options.models.filter(({ slug }) => slugs === undefined || slugs.includes(slug));
}

function row(model: SimulatedModel): unknown {
  return {
    slug: model.slug,
    display_name: model.displayName,
    visibility: model.visibility,
    context_window: model.contextWindow,
    supported_reasoning_levels: model.efforts.map((effort) => ({ effort, description: `Effort ${effort}` })),
    input_modalities: ["text", "image"],
    priority: model.priority,
  };
}
