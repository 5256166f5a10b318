/** What a person is told who sits at another computer than the one that signs in. */
export const TUNNEL_NEEDED =
  "You are on this machine through SSH. On the computer with your browser, first run:";

/** The command that lets the browser of another computer come back to this one. */
export function tunnelCommand(redirectUri: string): string {
  const { port } = new URL(redirectUri);
  return `ssh -N -L ${port}:127.0.0.1:${port} USER@THIS-MACHINE`;
}
