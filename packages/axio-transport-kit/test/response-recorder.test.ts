import { expect, test } from "vitest";
import { ResponseRecorder } from "../src/web-socket/response-recorder.ts";

const completed = (id: string): string => JSON.stringify({ type: "response.completed", response: { id } });

test("a late end of the previous response does not end the next one", () => {
  const log = new ResponseRecorder({ input: [] }, "resp_1");
  expect(log.read([completed("resp_1")]).frames).toEqual([]);
  expect(log.completed).toBeUndefined();
  expect(log.read([completed("resp_2")]).frames).toHaveLength(1);
  expect(log.completed?.responseId).toBe("resp_2");
});

test("messages before one that is not JSON are read", () => {
  const log = new ResponseRecorder({ input: [] });
  const { frames, failure } = log.read(['{"type":"response.created"}', "{", completed("resp_1")]);
  expect(frames).toEqual([{ type: "response.created" }]);
  expect(failure).toMatchObject({ code: "protocol" });
});
