"""The machine that the figures come from."""
import os
import pathlib
import re
import subprocess

# What decides which kernels run, here and in the anchors.
FLAGS = ("avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512_vnni", "avx_vnni", "avx512_bf16", "avx512_fp16",
         "amx_tile", "amx_bf16", "amx_int8")


def meminfo_mib(name):
    text = pathlib.Path("/proc/meminfo").read_text()
    return int(re.search(rf"^{name}: +(\d+) kB", text, re.MULTILINE)[1]) // 1024


def available_mib():
    return meminfo_mib("MemAvailable")


def description():
    """One line: processor, cores, memory, the flags that matter."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()

    def field(name):
        found = re.search(rf"^{name}\s*: (.*)$", cpuinfo, re.MULTILINE)
        return found[1].strip() if found else "?"

    flags = field("flags").split()
    identity = f"family {field('cpu family')}, model {field('model')}"
    return (f"{field('model name')} ({field('vendor_id')}, {identity}), {len(os.sched_getaffinity(0))} cores, "
            f"{meminfo_mib('MemTotal') / 1024:.0f} GiB of memory; {', '.join(f for f in FLAGS if f in flags)}")


def commit():
    """The commit that is measured, and whether files differ from it."""
    def git(*arguments):
        return subprocess.run(["git", *arguments], capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + (" and changes" if changed else "")
