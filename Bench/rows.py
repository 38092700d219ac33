"""The rows of the benchmark: what is done, by whom, and what the figures have to be."""
import dataclasses

PROGRAM = ".build/release/perk-meta-train"
MODEL = "models/SmolLM2-135M-Instruct.Q4_1.gguf"
RECIPE = "Recipes/smollm2-135m-short.yaml"
PYTORCH = ("PyTorch float32", "PyTorch bf16")


@dataclasses.dataclass(frozen=True)
class Side:
    """One who does a row's work: a command whose last line is a JSON object with the seconds that it took."""
    name: str
    command: tuple
    files: tuple = ()
    modules: tuple = ()
    memory_mib: int = 0


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A side's figure over that of others, of which the fastest counts in each pair.

    Of `kind` time: seconds over theirs, which must be at most the goal; speed: their seconds over the side's, at least;
    cores: the side's own CPU seconds over its seconds, at least; seconds: its seconds, at most. `tokens` are those that
    are generated in the time.
    """
    side: str
    others: tuple = ()
    goal: float = 1.0
    kind: str = "time"
    memory_goal: float | None = None
    tokens: int = 0


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    text: str
    pairs: int
    sides: tuple
    comparisons: tuple


def bench(name, *arguments, files=()):
    return Side(name, (PROGRAM, "bench", *map(str, arguments)), files=files)


def limit(side, tiny, *options):
    """This program's products by themselves, which what a side does cannot go beyond."""
    size = ("--arch", "tiny") if tiny else ("--segments", 2, "--repeat", 15)
    return bench(f"product {side}", "--mode", "product", "--threads", 2, *size, *options)


def learning(mode, arch, segments, tokens, pairs, goal, memory_goal, torch_mib, tiny):
    """A row of learning, each arithmetic against PyTorch's like and against PyTorch's faster."""
    shape = ("--mode", mode, "--arch", "tiny" if tiny else arch, "--segments", segments, "--tokens", tokens,
             "--steps", 1 if tiny else 4, "--rank", 16, "--threads", 2, "--repeat", 1)
    sides, comparisons = [], []
    for arithmetic in ("float32", "bf16"):
        anchor = ("{python}", "Bench/anchors/torch_learning.py", "--dtype", arithmetic, *map(str, shape))
        anchor = Side(f"PyTorch {arithmetic}", anchor, modules=("torch", "peft"), memory_mib=0 if tiny else torch_mib)
        options = ("--arithmetic", arithmetic)
        sides += [limit(arithmetic, tiny, *options), bench(arithmetic, *shape, *options), anchor]
        comparisons += [Comparison(arithmetic, (anchor.name,), goal, memory_goal=memory_goal),
                        Comparison(arithmetic, PYTORCH, goal, memory_goal=memory_goal)]
    text = {"meta": "meta-step", "encode": "encoding"}[mode]
    return Row(f"{mode}-{arch}", f"{text}, `{arch}`, {segments} × {tokens} tokens, 4 steps, rank 16",
               1 if tiny else pairs, tuple(sides), tuple(comparisons))


def training(name, text, settings, pairs, tiny):
    """CPU seconds over seconds in meta-training SmolLM2, and what a second thread brings."""
    first, last = (1, 2) if tiny else (20, 60)
    if tiny:
        settings += ("--set", "evaluation.documents=1", "--set", "evaluation.people=[2]")

    def side(threads):
        command = ("python3", "Bench/meta_steps.py", PROGRAM, RECIPE, "--first", str(first), "--last", str(last),
                   "--threads", str(threads), *settings)
        return Side("1 thread" if threads == 1 else f"{threads} threads", command, files=(MODEL,))

    return Row(name, text, 1 if tiny else pairs, (side(2), side(1)),
               (Comparison("2 threads", kind="cores", goal=1.9), Comparison("2 threads", ("1 thread",), 0.55)))


def threads(name, text, arguments, pairs, tiny):
    """What a second thread brings to work that is too small to be divided by segments."""
    sides = [bench(f"{count} thread{'s' * (count > 1)}", "--model", MODEL, *arguments, "--threads", count, "--repeat",
                   1 if tiny else 5, files=(MODEL,)) for count in (2, 1)]
    return Row(name, text, 1 if tiny else pairs, (limit("2 threads", tiny), *sides),
               (Comparison("2 threads", ("1 thread",), 1.6, "speed"),))


def generation(name, text, prompt, new_tokens, pairs, tiny):
    """A prompt, or tokens after one, with the same adapter as llama.cpp."""
    decode = new_tokens > 1
    ours = bench("perk", "--mode", "decode" if decode else "answer", "--model", MODEL, "--adapter", "{peft}",
                 "--segments", 1, "--tokens", prompt, "--new-tokens", new_tokens, "--threads", 2, "--repeat", 1,
                 files=(MODEL,))
    theirs = ("{python}", "Bench/anchors/llama_generation.py", "--model", MODEL, "--lora", "{lora}", "--prompt",
              str(prompt), "--new-tokens", str(new_tokens), *(["--decode"] if decode else []))
    anchor = Side("llama.cpp", theirs, files=(MODEL,), modules=("llama_cpp",))
    tokens = new_tokens - 1 if decode else 0
    return Row(name, text, 1 if tiny else pairs, (limit("perk", tiny), ours, anchor),
               (Comparison("perk", ("llama.cpp",), 1.0, tokens=tokens),))


def together(pairs, tiny):
    size = ("--tokens", 8, "--new-tokens", 2) if tiny else ("--tokens", 32, "--new-tokens", 32)
    arguments = ("--mode", "answer", "--model", MODEL, "--questions", 8, "--segments", 1, *size, "--threads", 2,
                 "--repeat", 1)
    return Row("questions-together", "8 questions about 8 documents at once against one by one, 32 + 32 tokens each",
               1 if tiny else pairs,
               (limit("together", tiny), bench("together", *arguments, "--together", files=(MODEL,)),
                bench("one by one", *arguments, files=(MODEL,))),
               (Comparison("together", ("one by one",), 3.0, "speed"),))


def hot(pairs, tiny):
    arguments = ("--mode", "question", "--model", MODEL, "--rank", 16, "--threads", 2, "--repeat", 5 if tiny else 100)
    return Row("hot-adapter", "from a question's arrival to the start of its prompt, the document asked about just "
               "before, SmolLM2, rank 16, all layers, median of 100", 1 if tiny else pairs,
               (bench("hot", *arguments, files=(MODEL,)),
                bench("read from the store", *arguments, "--hot-bytes", 0, files=(MODEL,))),
               (Comparison("hot", ("read from the store",), 0.002, "seconds"),))


def rows(tiny=False):
    """Every row; with `tiny` as small as it can be, to try the benchmark out."""
    def of(full, small):
        return small if tiny else full

    people = ("--set", "curriculum[0].documents.minimumPeople=2", "--set", "curriculum[0].documents.maximumPeople=4",
              "--set", "meta.tasksPerStep=8", "--set", "meta.tasksPerPass=4")
    small = ("small", of(16, 2), of(64, 8), 5)
    smollm2 = ("smollm2-135m", of(4, 1), of(128, 8), 3)
    return [
        learning("meta", *small, 0.50, 0.25, 7_000, tiny),
        learning("meta", *smollm2, 0.40, 0.25, 19_000, tiny),
        learning("encode", *small, 0.50, None, 3_000, tiny),
        learning("encode", *smollm2, 0.45, None, 8_000, tiny),
        training("training", f"meta-steps 20 to 60 of `{RECIPE}`", (), 3, tiny),
        training("training-together", "the same with 4 tasks in a pass and 2 to 4 people", people, 3, tiny),
        threads("encode-one-batch", "learning a document of one micro-batch, SmolLM2, 128 tokens",
                ("--mode", "encode", "--segments", 1, "--tokens", of(128, 8), "--steps", of(4, 1)), 5, tiny),
        threads("answer-one", "answering a question, SmolLM2, 48 + 16 tokens",
                ("--mode", "answer", "--segments", 1, "--tokens", of(48, 8), "--new-tokens", of(16, 2)), 5, tiny),
        generation("decode", "SmolLM2 Q4_1, 256 tokens after a prompt of 64, greedy, an adapter loaded", of(64, 8),
                   of(256, 3), 5, tiny),
        generation("prompt-512", "SmolLM2 Q4_1, a prompt of 512 tokens, an adapter loaded", of(512, 16), 1, 5, tiny),
        generation("prompt-2048", "SmolLM2 Q4_1, a prompt of 2,048 tokens, an adapter loaded", of(2048, 16), 1, 3,
                   tiny),
        together(5, tiny),
        hot(5, tiny),
    ]
