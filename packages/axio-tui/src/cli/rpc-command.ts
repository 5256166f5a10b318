import { Console } from "node:console";
import { addAbortSignal } from "node:stream";
import type { JsonObject } from "axio";
import { EXIT, escapeLine, isClosedPipe } from "axio-cli/internal";
import { openSessions } from "axio-context-sqlite";
import { openCommandSettings } from "../host/environment.ts";
import type { CommandContext } from "../host/io.ts";
import { errorResponse, RPC_ERRORS, RpcError, type RpcId, readMessage } from "../rpc/message.ts";
import { readLines } from "../rpc/read-lines.ts";
import { RpcServer } from "../rpc/server.ts";

/** `axio rpc`: serves a program over JSON lines, until it closes standard input. */
export async function runRpc({ io, out, err }: CommandContext): Promise<number> {
  // What a plugin logs must not come between the messages.
  globalThis.console = new Console(io.stderr, io.stderr);
  const { settings, mistakes } = await openCommandSettings();
  for (const { message } of mistakes) await err.line(escapeLine(message));
  await using sessions = await openSessions();
  const send = (message: JsonObject): Promise<void> => out.json(message);
  const server = new RpcServer({ io, cwd: io.cwd, settings, sessions, send });
  const open = new Map<RpcId, Promise<void>>();
  /** Whether the client no longer reads. */
  let isLeft = false;
  try {
    for await (const line of readLines(addAbortSignal(io.signal, io.stdin))) {
      const message = readMessage(line);
      if (message?.type === "bad") await send(errorResponse(message.id, message.error));
      else if (message?.type === "response") server.receive(message.id, message.result);
      else if (message?.type === "request") {
        const { id, method, params } = message;
        // A notification has no response, so nothing is done for it.
        if (id === undefined) continue;
        if (open.has(id)) {
          const error = new RpcError(RPC_ERRORS.invalidRequest, "A request with this id is in progress.");
          await send(errorResponse(id, error));
          continue;
        }
        const work = server
          .answer(id, method, params)
          .then((response) => {
            open.delete(id);
            return send(response);
          })
          .catch(() => {
            isLeft = true;
            io.stdin.destroy();
          });
        open.set(id, work);
      }
    }
  } catch (error) {
    if (!io.signal.aborted && !isLeft && !isClosedPipe(error)) throw error;
  } finally {
    await server.close();
    await Promise.allSettled(open.values());
  }
  return io.signal.aborted ? EXIT.interrupted : EXIT.ok;
}
