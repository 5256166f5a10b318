import { join } from "node:path";

/** Returns the environment of a program with nothing of this machine: no settings, global packages, proxies or certificates. */
export function programEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    XDG_CONFIG_HOME: join(home, "config"),
    npm_config_prefix: join(home, "prefix"),
  };
}
