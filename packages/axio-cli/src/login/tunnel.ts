/** Explains the tunnel to a user at another computer. */
export const TUNNEL_NEEDED =
  "You are on this machine through SSH. On the computer with your browser, first run:";

/** Returns the command that lets the browser of another computer return to this one. */
export function tunnelCommand(redirectUri: string): string {
  const { port } = new URL(redirectUri);
  return `ssh -N -L ${port}:127.0.0.1:${port} USER@THIS-MACHINE`;
}
