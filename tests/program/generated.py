"""Programs of the parts that trainings are made of, with seeds, defaults, orders and layouts drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from reprolint.program.link import Settings

from .parts import DATA, IMPORTS, MODELS, OWN, REGISTRY, SEEDS, TRAINER
from .projects import Files, Sample

STATEMENTS = (
    "set_all({seed})", "set_all(exact=True)", "set_all(seed={seed}, exact={flag})", "maybe({seed})", "maybe()",
    "early({seed})", "early(again={seed})", "random.random()", "np.random.rand(3)", "torch.randn(3)",
    "create('net', width=4).start()", "create('wide', seed={seed}).start()", "create(sys.argv[1]).start()",
    "Trainer(Net(), [Noise({seed}), Seeder({seed})]).fit()", "Trainer(Wide(), seed={seed}).fit(2)",
    "Trainer(create('wide'), callbacks=[Seeder()]).fit()",
    "for row in batches(4, {seed}):\n    print(row)", "for item in loader({workers}):\n    print(item)",
    "for item in loader(generator=torch.Generator().manual_seed(3)):\n    print(item)",
    "with apart({seed}):\n    torch.rand(2)", "with torch.random.fork_rng():\n    set_all({seed})\n    torch.rand(3)",
    "mp.spawn(work, args=({seed},), nprocs=2)", "mp.spawn(work, nprocs=2)", "partial(noisy, scale=2)(3)",
    "apply(noisy, 3)", "apply(partial(shake, 3))", "apply(lambda x: np.random.rand() + x, 1)", "apply(set_all, {seed})",
    "OPS['shake'](2)", "OPS['small'](2)", "OPS[sys.argv[1]](2)",
    "options = dict(seed={seed})\nset_all(**options)", "options = {{'seed': {seed}}}\nTrainer(Net(), **options).fit()",
    "if args.fast:\n    set_all({seed})", "if args.seed is not None:\n    maybe(args.seed)\n    np.random.rand()",
    "torch.backends.cudnn.benchmark = {flag}", "torch.use_deterministic_algorithms({flag})",
)  # fmt: skip
OWN_STATEMENTS = (
    "apply(own_step)",
    "create('{name}').start()", "Trainer(Own(), [Loud()]).fit()", "OPS['own'] = own_step\nOPS['own']()",
    "Trainer(Net(), callbacks=[Loud(), Seeder(None)]).fit()",
)  # fmt: skip
SEED_VALUES = ("None", "0", "3", "args.seed", "SEED")
SUPERS = ("super().__init__(width)", "super().__init__()", "Net.__init__(self, width)")
NAMES = ("seeds", "registry", "models", "trainer", "data")


@st.composite
def scripts(draw: st.DrawFn, package: str, own: str = "") -> str:
    """An entry that calls the parts in some order; with `own`, also with classes and functions of its own."""

    def filled(text: str) -> str:
        return text.format(
            seed=draw(st.sampled_from(SEED_VALUES)), flag=draw(st.booleans()), workers=draw(st.sampled_from((0, 2))),
            default=draw(st.sampled_from(SEED_VALUES[:3])), name=own, **{name: package + name for name in NAMES},
        )  # fmt: skip

    known = STATEMENTS + (OWN_STATEMENTS if own else ())
    chosen = [filled(text) for text in draw(st.lists(st.sampled_from(known), min_size=1, max_size=7))]
    lines = "\n".join(chosen).splitlines()
    head = filled(IMPORTS) + (filled(OWN) if own else "")
    place = draw(st.sampled_from(("top", "guard", "main", "parts")))
    inner = "".join(f"    {line}\n" for line in lines)
    if place == "top":
        return head + "\n" + "\n".join(lines) + "\n"
    if place == "guard":
        return f"{head}\n\nif __name__ == '__main__':\n{inner}"
    if place == "main" or len(chosen) < 2:
        return f"{head}\n\ndef main():\n{inner}\n\nif __name__ == '__main__':\n    main()\n"
    parts = ["".join(f"    {line}\n" for line in part.splitlines()) for part in chosen]
    defined = "".join(f"\n\ndef part{number}():\n{part}" for number, part in enumerate(parts))
    called = "".join(f"    part{number}()\n" for number in range(len(parts)))
    return f"{head}{defined}\n\nif __name__ == '__main__':\n{called}"


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """A library of helpers, flat or as a package, and one or two entries that use it."""
    package = draw(st.sampled_from(("", "lab.", "lab.core.")))
    folder = package.replace(".", "/")
    inside = "." if package and draw(st.booleans()) else package
    default = st.sampled_from(("None", "0", "3"))
    files = {}
    for name, text in zip(NAMES, (SEEDS, REGISTRY, MODELS, TRAINER, DATA), strict=True):
        files[f"{folder}{name}.py"] = text if name == "registry" else text.format(
            default=draw(default), flag=draw(st.booleans()), width=4, workers=draw(st.sampled_from((0, 2))),
            init=draw(st.sampled_from(("None", "seed_worker"))), seeds=f"{inside}seeds", registry=f"{inside}registry",
            supers=draw(st.sampled_from(SUPERS)),
        )  # fmt: skip
    parts = folder.rstrip("/").split("/") if folder else []
    files.update({"/".join((*parts[: count + 1], "__init__.py")): "" for count in range(len(parts))})
    for name in ("train.py", "tune.py")[: draw(st.integers(1, 2))]:
        files[name] = draw(scripts(package))
    return Sample("generated", files, Settings())


@st.composite
def second_entries(draw: st.DrawFn, files: Files) -> str:
    """One more entry for generated files, which hands its own classes and functions to the same helpers."""
    path = next(path for path in files if path.endswith("seeds.py"))
    return draw(scripts(path.removesuffix("seeds.py").replace("/", "."), "own"))
