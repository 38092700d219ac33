"""Drives perk-serve with the official clients of the interfaces that it speaks: mcp (both eras, over standard input and
HTTP) and openai. Usage: check_clients.py PERK_SERVE"""

import asyncio
import contextlib
import os
import re
import subprocess
import sys

import openai
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

TEXT = "Zoe lives in Oslo. Zoe works as a pilot. Ida lives in Rome."
QUESTION = "Where does Zoe live?"
program = sys.argv[1]


@contextlib.contextmanager
def server():
    """The address of a server on a free port."""
    process = subprocess.Popen(
        [program, "http", "--port", "0", "--no-cache"], stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found.group(0)
                break
        else:
            sys.exit("the server does not listen")
    finally:
        process.terminate()
        assert process.wait(60) == 0, "the server does not end well"


async def check_mcp(what, mode):
    """Lists, learns with progress, asks, reads the resource, and forgets."""
    told = []

    async def progress(done, total, message):
        told.append((done, total))

    async with Client(what, mode=mode) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        assert tools == ["submit_document", "ask_question", "list_documents", "remove_document"], tools
        learned = await client.call_tool(
            "submit_document", {"text": TEXT, "name": "zoe"}, progress_callback=progress)
        assert not learned.is_error, learned
        document = learned.structured_content["document"]
        answer = await client.call_tool("ask_question", {"document": document, "question": QUESTION})
        assert answer.structured_content["answer"] == "Oslo", answer
        resources = (await client.list_resources()).resources
        assert [resource.name for resource in resources] == ["zoe"], resources
        await client.read_resource(resources[0].uri)
        failed = await client.call_tool("ask_question", {"document": "sha256:0", "question": QUESTION})
        assert failed.is_error
        removed = await client.call_tool("remove_document", {"document": document})
        assert removed.structured_content == {"removed": True}
    assert told and all(0 < done <= total for done, total in told), told


def check_openai(address):
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    client.post("/documents", body={"text": TEXT, "name": "zoe"}, cast_to=object)
    models = client.models.list().data
    assert len(models) == 1 and client.models.retrieve(models[0].id).id == models[0].id
    messages = [{"role": "user", "content": QUESTION}]
    for model in ["zoe", models[0].id]:
        reply = client.chat.completions.create(model=model, messages=messages)
        assert reply.choices[0].message.content == "Oslo", reply
    chunks = list(client.chat.completions.create(model="zoe", messages=messages, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == "Oslo" and chunks[-1].choices[0].finish_reason == "stop", chunks
    for unknown in [{"n": 2}, {"tools": [{"type": "function", "function": {"name": "f"}}]}]:
        try:
            client.chat.completions.create(model="zoe", messages=messages, **unknown)
            sys.exit(f"{unknown} was not refused")
        except openai.BadRequestError as error:
            assert error.param in unknown, error
    try:
        client.chat.completions.create(model="nobody", messages=messages)
        sys.exit("an unknown model was not refused")
    except openai.NotFoundError:
        pass


command = StdioServerParameters(command=program, args=["mcp", "--no-cache"], env=dict(os.environ))
for mode in ["legacy", "auto", "2026-07-28"]:
    asyncio.run(check_mcp(command, mode))
    print(f"mcp, standard input, {mode}: passed")
    with server() as address:
        asyncio.run(check_mcp(f"{address}/mcp", mode))
    print(f"mcp, HTTP, {mode}: passed")
with server() as address:
    check_openai(address)
print("openai: passed")
