import type { NewSessionRequest } from "@agentclientprotocol/sdk";
import { expect, onTestFinished, test } from "vitest";
import { createMachine, EditorPeer } from "./support/editor-peer.ts";

test("asks for a sign-in before the first session, and signs in", async () => {
  const machine = await createMachine({ isSignedIn: false });
  onTestFinished(() => machine.remove());
  const peer = new EditorPeer(machine);
  const { authMethods, agentCapabilities, protocolVersion } = await peer.agent.request("initialize", {
    protocolVersion: 1,
    clientCapabilities: { auth: { terminal: true } },
  });
  expect(protocolVersion).toBe(1);
  expect(agentCapabilities).toMatchObject({
    loadSession: true,
    promptCapabilities: { image: true, embeddedContext: true },
  });
  expect(authMethods?.filter(({ id }) => id.startsWith("scripted"))).toEqual([
    { id: "scripted", name: "Sign in to Scripted", description: expect.any(String) },
    {
      type: "terminal",
      id: "scripted-terminal",
      name: "Sign in to Scripted in a terminal",
      description: expect.any(String),
      args: ["--login", "scripted"],
    },
  ]);
  const folder: NewSessionRequest = { cwd: machine.folder, mcpServers: [] };
  await expect(peer.agent.request("session/new", folder)).rejects.toMatchObject({ code: -32000 });
  await expect(peer.agent.request("authenticate", { methodId: "scripted-terminal" })).rejects.toMatchObject({
    code: -32000,
    message: expect.stringMatching(/axio-acp --login scripted/),
  });
  await expect(peer.agent.request("authenticate", { methodId: "other" })).rejects.toMatchObject({
    code: -32602,
  });
  expect(await peer.agent.request("authenticate", { methodId: "scripted" })).toEqual({});
  const { configOptions } = await peer.agent.request("session/new", folder);
  expect(configOptions?.[1]).toMatchObject({ currentValue: "scripted/large" });
  expect(agentCapabilities?.auth).toEqual({ logout: {} });
  expect(await peer.agent.request("logout", {})).toEqual({});
  await expect(peer.agent.request("session/new", folder)).rejects.toMatchObject({ code: -32000 });
  expect(await peer.end()).toBe(0);
  expect(peer.faults).toEqual([]);
});
