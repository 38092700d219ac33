"""Measures the built service under load, over its pipes: python3 Bench/service.py [--seconds N] [--model PATH]

Prints a line for each measurement: how long a cancellation takes, how much longer a document takes to learn under
constant questions, how questions fare beside a document that is being learned, and what many clients do to memory.
"""
import argparse
import itertools
import json
import random
import subprocess
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

NAMES = ["Omar", "Hannah", "Oscar", "Zoe", "Emma", "Felix", "Clara", "David"]
CITIES = ["Oslo", "Vienna", "Lisbon", "Paris", "Rome", "Madrid", "Prague", "Dublin"]


def sentences(count, seed):
    draw = random.Random(seed)
    return " ".join(f"{draw.choice(NAMES)} lives in {draw.choice(CITIES)}." for _ in range(count))


class Service:
    """A serving process; any thread may send requests and wait for their replies."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen(
            [program, "--no-cache", "--max-document-tokens", "10000000", "--log-level", "error", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.numbers = itertools.count(1)
        self.waiting = {}
        self.progress = threading.Event()
        self.lock = threading.Lock()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            if "method" in message:
                self.progress.set()
            else:
                self.waiting.pop(message["id"]).set_result((message, time.monotonic()))

    def write(self, message):
        with self.lock:
            self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
            self.process.stdin.flush()

    def begin(self, method, **parameters):
        number = next(self.numbers)
        self.waiting[number] = reply = Future()
        self.write({"id": number, "method": method, "params": parameters})
        return number, reply

    def call(self, method, **parameters):
        """The result, and the seconds until it came."""
        start = time.monotonic()
        message, end = self.begin(method, **parameters)[1].result()
        if "error" in message:
            raise RuntimeError(message["error"])
        return message["result"], end - start

    def cancel(self, number):
        self.write({"method": "notifications/cancelled", "params": {"requestId": number}})

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * 4096

    def finish(self):
        self.process.stdin.close()
        self.process.wait()


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def cancellations(service, count=20):
    seconds = []
    for seed in range(count):
        service.progress.clear()
        number, reply = service.begin("documents/submit", text=sentences(20_000, seed), progress=True)
        service.progress.wait()
        start = time.monotonic()
        service.cancel(number)
        message, end = reply.result()
        assert message["error"]["code"] == -32800, message
        seconds.append(end - start)
    print(f"from a cancellation to its reply: at most {max(seconds) * 1000:.1f} ms, {count} times")


def learning_under_questions(service, tokens_wanted):
    text = sentences(tokens_wanted // 6, 1)
    document = service.call("documents/submit", text=sentences(4, 7))[0]["document"]
    _, idle = service.call("documents/submit", text=text)
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            service.call("questions/ask", document=document, question="Where does Zoe live?")

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    result, busy = service.call("documents/submit", text=text + " Zoe lives in Oslo.")
    stop.set()
    for asker in askers:
        asker.join()
    print(f"learning {result['tokens']} tokens: {idle:.2f} s idle, {busy:.2f} s under constant questions "
          f"({busy / idle:.2f} times as long)")


def questions_while_learning(service, tokens_wanted, interval=1.0):
    document = service.call("documents/submit", text=sentences(4, 7))[0]["document"]

    def ask():
        return service.call("questions/ask", document=document, question="Where does Zoe live?", maxTokens=16)[1]

    idle = [ask() for _ in range(20)]
    _, learning = service.begin("documents/submit", text=sentences(tokens_wanted // 6, 2))
    busy = []
    while not learning.done():
        busy.append(ask())
        time.sleep(interval)
    if not busy:
        print("questions beside learning: the document was learned before the first question")
        return
    p50, p95 = percentile(idle, 0.5), percentile(busy, 0.95)
    print(f"questions: median {p50 * 1000:.0f} ms idle; beside learning p95 {p95 * 1000:.0f} ms of {len(busy)} "
          f"({p95 / p50:.2f} times the idle median)")


def many_clients(service, seconds, clients=32):
    end = time.monotonic() + seconds
    texts = [sentences(12, seed) for seed in range(64)]
    counts = [0] * clients

    def run(client):
        draw = random.Random(client)
        while time.monotonic() < end:
            document = service.call("documents/submit", text=draw.choice(texts))[0]["document"]
            for _ in range(4):
                service.call("questions/ask", document=document, question=f"Where does {draw.choice(NAMES)} live?")
            counts[client] += 5

    with ThreadPoolExecutor(clients) as pool:
        futures = [pool.submit(run, client) for client in range(clients)]
        time.sleep(seconds / 5)
        warm = service.resident_bytes()
        for future in futures:
            future.result()
    growth = service.resident_bytes() / warm - 1
    print(f"{clients} clients, {seconds} s: {sum(counts)} requests without an error, {sum(counts) / seconds:.0f} a second, "
          f"memory {warm >> 20} MiB after warming up and {100 * growth:+.1f} % at the end")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=".build/release/perk-serve")
    parser.add_argument("--model", help="a model that learns slowly, for the questions beside learning")
    parser.add_argument("--seconds", type=int, default=600, help="how long many clients work")
    arguments = parser.parse_args()
    service = Service(arguments.program)
    cancellations(service)
    learning_under_questions(service, 40_000)
    many_clients(service, arguments.seconds)
    service.finish()
    if arguments.model:
        service = Service(arguments.program, "--model", arguments.model)
        cancellations(service, count=3)
        questions_while_learning(service, 4096)
        service.finish()


if __name__ == "__main__":
    main()
