/** One request as the simulator received it. */
export interface RecordedRequest {
  /** The position in the order of arrival, from 1. */
  readonly number: number;
  /** The HTTP method, or `MESSAGE` on a WebSocket, where the headers are those of the upgrade and of `client_metadata`. */
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Headers by lower-case name. The values of a repeated header are joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded body, or an empty string. */
  readonly body: string;
  /** The parsed body, or `undefined` if it is not JSON. */
  readonly json: unknown;
  /** The status of the response; `undefined` before it and if the connection was cut. */
  status: number | undefined;
}
