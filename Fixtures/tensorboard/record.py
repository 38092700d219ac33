"""Records an event file as TensorBoard's own writer makes it: events.tfevents, beside this file.

It holds what a run that goes on at step 300 would write: the version, the beginning of a session, a step with an
accuracy behind it, and a step that needs more than 32 bits, with a tag past 127 bytes and past ASCII. Every wall time is
1700000000.25.

Recorded with Python 3.11, tensorboard 2.21.0, protobuf 7.36.2 (requirements.txt). Usage: python record.py
"""
import pathlib

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

WALL_TIME = 1700000000.25


def scalars(step, values):
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])
    return Event(wall_time=WALL_TIME, step=step, summary=summary)


EVENTS = [
    Event(wall_time=WALL_TIME, file_version="brain.Event:2"),
    Event(wall_time=WALL_TIME, step=300, session_log=SessionLog(status=SessionLog.START)),
    scalars(300, {"loss/outer": 2.625, "loss/inner/1": 5.1, "loss/inner/2": 4.7, "gradient_norm": 0.3, "rate": 7e-4}),
    scalars(300, {"accuracy/4_people": 0.0, "accuracy/8_people": 1.0}),
    scalars(2**40 + 1, {"größe/" + "x" * 150: -1e30}),
]

with open(pathlib.Path(__file__).parent / "events.tfevents", "wb") as file:
    writer = RecordWriter(file)
    for event in EVENTS:
        writer.write(event.SerializeToString(deterministic=True))
    writer.flush()
