import type { Store } from "../conversation/store.ts";
import type { PermissionQueue } from "../host/permission-queue.ts";
import { makePermissionPanel } from "../panels/permission.ts";
import type { View } from "../panels/view.ts";
import { suggestRules } from "../permissions/suggest-rules.ts";

/** Shows the permission request that is to be answered, and the mode. Returns a function that ends it. */
export function showPermissions(view: Store<View>, permissions: PermissionQueue): () => void {
  return permissions.subscribe(() => {
    const { current, size, mode, rules } = permissions;
    const { permission } = view.state;
    if (view.state.mode !== mode) view.change({ mode });
    if (current === undefined) view.change({ permission: undefined });
    else if (permission?.pending.id === current.id)
      view.change({ permission: { ...permission, waiting: size } });
    else {
      const proposed = suggestRules(current.request.subject, rules.current());
      view.change({ permission: makePermissionPanel(current, size, proposed) });
    }
  });
}
