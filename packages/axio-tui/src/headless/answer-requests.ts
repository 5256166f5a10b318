import type { PendingRequest, PermissionAnswer, PermissionQueue } from "../host/permission-queue.ts";

/** Answers a permission request. The request's signal fires if it is withdrawn. A rejected promise means no. */
export type AnswerRequest = (request: PendingRequest) => Promise<PermissionAnswer>;

/** Passes permission requests that no rule decides to a function. Returns a function that ends it: then they are denied. */
export function answerRequests(permissions: PermissionQueue, answer: AnswerRequest): () => void {
  const asked = new Set<number>();
  const askAll = (): void => {
    for (const request of permissions.waiting) {
      if (asked.has(request.id)) continue;
      asked.add(request.id);
      const give = (given: PermissionAnswer): void => {
        asked.delete(request.id);
        permissions.answer(request.id, given);
      };
      answer(request).then(give, () => give({ type: "no" }));
    }
  };
  const unsubscribe = permissions.subscribe(askAll);
  permissions.attend(true);
  return () => {
    unsubscribe();
    permissions.attend(false);
  };
}
