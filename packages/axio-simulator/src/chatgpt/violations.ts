import type { RecordedRequest } from "../http/recorded-request.ts";

/** Something that a client does not do if it follows the documentation. */
export type ViolationKind =
  /** A request to the ChatGPT backend, which apps must not call. */
  | "backend_path"
  /** `ChatGPT-Account-Id`, which this route does not have. */
  | "account_header"
  /** `originator`, or an organization or project header. */
  | "foreign_header"
  /** A token in a URL, except the ID token in `id_token_hint`. */
  | "token_in_url"
  /** A member of the body that the route does not support. */
  | "unsupported_member"
  /** A request that is sent again after it met the plan's limit. */
  | "retry_after_usage_limit"
  /** A new registration for an account that has one. */
  | "second_registration"
  /** `agent_name_hint` together with an issued client id. */
  | "name_with_issued_client"
  /** A refresh that names scopes. */
  | "scope_in_refresh"
  /** `dynamic_agent_client` in a request that needs an issued client id. */
  | "dynamic_client_in_token_request"
  /** Two refreshes of one sign-in at the same time. */
  | "concurrent_refresh"
  /** A refresh token or a code that was used before. */
  | "reuse"
  /** A sign-in without `ext_agent_host_id`, if that is accepted. */
  | "missing_host_id"
  /** `prompt=consent` at a registration, or `force_reconsent`. */
  | "needless_consent"
  /** A compressed body. */
  | "compressed_body"
  /** The revocation of an access token in addition to the refresh token. */
  | "access_token_revoked";

/** Something that a client did against the documentation. */
export interface Violation {
  readonly kind: ViolationKind;
  /** A description in one line without secrets. */
  readonly message: string;
  /** The number of the request in `requests`. */
  readonly request: number;
}

/** The violations of all clients, in order. */
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
