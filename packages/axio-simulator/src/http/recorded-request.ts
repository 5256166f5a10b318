/** One request as the simulator received it, bodies decoded. Tests assert on these. */
export interface RecordedRequest {
  /** Counts from 1 in the order of arrival. */
  readonly number: number;
  /** `MESSAGE` for one that came in over a WebSocket; its headers are those of the upgrade and of `client_metadata`. */
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; a repeated header is joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text after `Content-Encoding` was undone; empty where there was none. */
  readonly body: string;
  /** The parsed body, or `undefined` where it is not JSON. */
  readonly json: unknown;
  /** The status answered; `undefined` until then, and where the connection was cut instead. */
  status: number | undefined;
}
