/** What `axio --help` says. */
export const HELP = `Chat with an agent in the terminal.

Usage: axio [options] [prompt]
       axio plugins [--json] [--trust]
       axio sessions [--json] [--search WORDS]

With a prompt and no terminal to show screens on (a pipe, TERM=dumb, --plain),
the answer is printed and axio ends. Standard input that is piped in belongs to
the prompt.

  -c, --continue         go on with the session that was used last
  -s, --session ID       go on with this session (axio sessions lists them)
  -t, --transport NAME   the way to a provider (axio plugins lists them)
  -m, --model ID         the model
  -e, --effort LEVEL     how hard the model thinks
  -p, --profile NAME     one of several sign-ins
  -C, --folder PATH      the folder to work in, default: this one
      --plain            no screens: plain text, for pipes and simple terminals
  -y, --yes              let tools do without asking what they would ask about
  -h, --help             this text
  -V, --version          the version

Commands:
  plugins                what was found, where, and what is wrong with it
      --trust            use the plugins that this project brings along
  sessions               the sessions that are kept, the newest first
      --search WORDS     those that hold all of these words

Exit codes: 0 it worked, 1 it failed, 2 wrong usage, 3 nobody is signed in,
130 stopped with Ctrl-C.
`;
