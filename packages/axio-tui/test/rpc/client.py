"""A client of `axio rpc` with Python's standard library: python3 client.py FOLDER -- axio rpc"""

import json
import subprocess
import sys


class Axio:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last_id = 0

    def send_line(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def send(self, **message):
        self.send_line(json.dumps({"jsonrpc": "2.0", **message}))

    def read(self):
        return json.loads(self.process.stdout.readline())

    def start(self, method, **params):
        self.last_id += 1
        self.send(id=self.last_id, method=method, params=params)
        return self.last_id

    def call(self, method, on_event=None, on_permission=None, **params):
        request = self.start(method, **params)
        while True:
            message = self.read()
            if message.get("method") == "event" and on_event:
                on_event(message["params"]["event"])
            elif message.get("method") == "permission.request":
                answer = on_permission(message["params"]) if on_permission else "no"
                self.send(id=message["id"], result={"answer": answer})
            elif message.get("id") == request:
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["result"]

    def close(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        return self.process.wait(), rest.decode()


def main(folder, command):
    axio = Axio(command)
    report = {"initialize": axio.call("initialize", protocolVersion=1)}

    opening = {"cwd": folder, "provider": "simulator"}
    conversation = axio.call("session.new", **opening)
    this = {"conversationId": conversation["conversationId"]}

    deltas = []
    show = lambda event: deltas.append(event["delta"]) if event["type"] == "text-delta" else None
    report["streamed"] = axio.call("prompt", **this, text="say Hello from Python", on_event=show)
    report["deltas"] = "".join(deltas)

    asked = []

    def allow(params):
        asked.append(params["subject"])
        return "once"

    write = 'call write_file {"path": "note.txt", "content": "written"}\nthen\nsay It is done.'
    report["tool"] = axio.call("prompt", **this, text=write, on_permission=allow)
    report["asked"] = asked
    again = write.replace("note.txt", "other.txt")
    report["denied"] = axio.call("prompt", **this, text=again)

    def stop(event):
        if event["type"] == "text-delta" and "stop" not in report:
            report["stop"] = axio.start("stop", **this)

    report["stopped"] = axio.call("prompt", **this, text="say " + "word " * 2000, on_event=stop)
    report["models"] = len(axio.call("model.list", **this)["models"])
    report["selected"] = axio.call("model.set", **this, effort="low")
    report["fork"] = axio.call("session.fork", **this)
    axio.call("session.close", **this)

    session = {"sessionId": conversation["sessionId"]}
    loaded = axio.call("session.load", **opening, **session)
    report["loaded"] = len(loaded["messages"])
    report["listed"] = [entry["id"] for entry in axio.call("session.list", cwd=folder)["sessions"]]
    report["sessionId"] = conversation["sessionId"]

    report["errors"] = []
    for line in [
        "{",
        "[]",
        '{"id": {}, "method": "initialize"}',
        '{"id": "a", "method": "dance"}',
        '{"id": "b", "method": "prompt", "params": {"conversationId": "none", "text": "Hi"}}',
        '{"id": "c", "method": "session.new", "params": {"modle": "x"}}',
        '{"id": "d", "method": "session.new", "params": {"provider": "nowhere"}}',
        '{"id": "e", "method": "session.new", "params": {"allow": ["make"]}}',
        '{"id": "f"}',
    ]:
        axio.send_line(line)
        message = axio.read()
        report["errors"].append([message["id"], message["error"]["code"], message["error"]["message"]])

    report["exit"], report["rest"] = axio.close()
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[3:])
