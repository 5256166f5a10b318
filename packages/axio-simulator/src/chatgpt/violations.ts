import type { RecordedRequest } from "../http/recorded-request.ts";

/** What a client that keeps to the documents does not do. */
export type ViolationKind =
  /** A path of the ChatGPT backend, which no app may call. */
  | "backend_path"
  /** `ChatGPT-Account-Id`, which this route does not have. */
  | "account_header"
  /** `originator`, or an organization or project header. */
  | "foreign_header"
  /** A token in a URL; only the ID token as `id_token_hint` may be there. */
  | "token_in_url"
  /** A member of the body that the route does not support. */
  | "unsupported_member"
  /** The same request again after the plan's limit was told. */
  | "retry_after_usage_limit"
  /** A new registration for an account that has one. */
  | "second_registration"
  /** `agent_name_hint` together with an issued client id. */
  | "name_with_issued_client"
  /** A refresh that names scopes. */
  | "scope_in_refresh"
  /** `dynamic_agent_client` where only an issued client id may stand. */
  | "dynamic_client_in_token_request"
  /** Two refreshes of one sign-in at the same time. */
  | "concurrent_refresh"
  /** A refresh token or a code that was used before. */
  | "reuse"
  /** A sign-in without `ext_agent_host_id`, where that is let through. */
  | "missing_host_id"
  /** `prompt=consent` at a registration, or `force_reconsent`. */
  | "needless_consent"
  /** A body that came compressed. */
  | "compressed_body"
  /** An access token sent to be revoked besides the refresh token. */
  | "access_token_revoked";

/** One thing a client did that the documents forbid, or that makes no sense. */
export interface Violation {
  readonly kind: ViolationKind;
  /** What it was, in one line, without secrets. */
  readonly message: string;
  /** The number of the request in `requests`. */
  readonly request: number;
}

/** What clients did wrong, in the order they did it. */
export class ViolationLog {
  readonly list: Violation[] = [];
  readonly #tell: (violation: Violation) => void;

  constructor(tell: (violation: Violation) => void) {
    this.#tell = tell;
  }

  add(kind: ViolationKind, request: RecordedRequest, message: string): void {
    const violation = { kind, message, request: request.number };
    this.list.push(violation);
    this.#tell(violation);
  }
}
