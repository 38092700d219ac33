"""Two replicas behind nginx, as Deploy/nginx.conf has it: one is killed under load, and every question is answered by the
other, which takes what it has not learned from the shared folder. Usage: check_replicas.py PERK_SERVE"""

import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

root = pathlib.Path(__file__).resolve().parent.parent.parent
program = sys.argv[1]
PORTS = {"8080": "18080", "8081": "18081", "8082": "18082"}
PLACES = ["Oslo", "Rome", "Lima", "Paris"]
# The number of questions, and of that at which one replica is killed.
QUESTIONS, KILL = 200, 60


def post(path, body, document=None):
    headers = {"Content-Type": "application/json"} | ({"X-Document": document} if document else {})
    request = urllib.request.Request(f"http://127.0.0.1:18080{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


with tempfile.TemporaryDirectory() as folder:
    site = (root / "Deploy/nginx.conf").read_text()
    for port, own in PORTS.items():
        site = site.replace(f"127.0.0.1:{port}", f"127.0.0.1:{own}")
    pathlib.Path(folder, "site.conf").write_text(site)
    pathlib.Path(folder, "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"include {folder}/site.conf; }}\n")
    exchange = pathlib.Path(folder, "exchange")
    exchange.mkdir()
    replicas = [
        subprocess.Popen(
            [program, "http", "--port", port, "--cache", f"{folder}/{port}.sqlite", "--exchange", str(exchange)],
            stderr=subprocess.PIPE, text=True)
        for port in ["18081", "18082"]]
    for replica in replicas:
        next(line for line in replica.stderr if re.search("listening", line))
    proxy = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf"])
    try:
        time.sleep(1)
        documents = {}
        for place in PLACES:
            document = post("/api/documents/submit", {"text": f"Zoe lives in {place}. Ida works as a pilot."}, place)
            documents[place] = document["document"]
        assert len(list(exchange.glob("*.adapter"))) == len(PLACES)

        def ask(number):
            if number == KILL:
                replicas[0].kill()
            place = PLACES[number % len(PLACES)]
            body = {"document": documents[place], "question": "Where does Zoe live?"}
            return post("/api/questions/ask", body, place)["answer"] == place

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            right = sum(pool.map(ask, range(QUESTIONS)))
        assert replicas[0].poll() is not None or replicas[0].wait(10)
        print(f"replicas: {QUESTIONS} questions answered, {right} rightly, one replica killed")
        assert right >= 0.9 * QUESTIONS
    finally:
        for process in [proxy, *replicas]:
            process.terminate()
            process.wait(60)
