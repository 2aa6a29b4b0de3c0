"""Where the file of a default stands, and where in the configuration its content goes.

https://hydra.cc/docs/1.3/advanced/overriding_packages/
"""

from __future__ import annotations

from dataclasses import dataclass

from reprolint.document.record import Default

GLOBAL = "_global_"


@dataclass(frozen=True, slots=True)
class Choice:
    """An option to load, in a group; both relative to the configuration that lists it."""

    group: str
    option: str | None
    is_group: bool
    absolute: bool
    package: str | None
    optional: bool
    base: str
    parent: str

    @property
    def folder(self) -> str:
        """The group from the top of the configuration folder."""
        if self.absolute or not self.base:
            return self.group
        return f"{self.base}/{self.group}" if self.group else self.base

    @property
    def file(self) -> str:
        """The file from the top of the configuration folder, without suffix."""
        return f"{self.folder}/{self.option}" if self.folder else str(self.option)

    def placed(self, header: str | None = None) -> str:
        """The package of the content: what the list says, else the header of the file, else the group."""
        own = self.package if self.package is not None else header
        if own is None:
            own = dotted(self.group)
        # A word of Hydra before 1.2, too.
        own = own.replace("_name_", self.option or "_name_")
        whole = f"{self.parent}.{own}" if self.parent and own else self.parent or own
        return whole[whole.rfind(GLOBAL) + len(GLOBAL) + 1 :] if GLOBAL in whole else whole

    @property
    def key(self) -> str:
        """The name by which the option is overridden."""
        package = self.placed()
        return self.folder if package == dotted(self.folder) else f"{self.folder}@{package or GLOBAL}"


def group_choice(default: Default, option: str | None, base: str, parent: str) -> Choice:
    """The choice of an entry `group: option`."""
    return _choice(default, default.group, option, True, base, parent)


def path_choice(default: Default, path: str, base: str, parent: str) -> Choice:
    """The choice of an entry that names a configuration, `group/option`."""
    group, slash, option = path.rpartition("/")
    return _choice(default, group or slash, option, False, base, parent)


def headed(package: str | None, folder: str) -> str | None:
    """The package that a header means: it is always one from the top."""
    if package is None or package == "_group_":
        return None
    # As `version_base` below 1.2 reads the word; with a later one it is a key, which nobody wants.
    package = package.replace("_group_", dotted(folder))
    return package if package == GLOBAL or package.startswith(f"{GLOBAL}.") else f"{GLOBAL}.{package}"


def dotted(group: str) -> str:
    """A group as a package."""
    return group.replace("/", ".")


def _choice(default: Default, group: str, option: str | None, is_group: bool, base: str, parent: str) -> Choice:
    absolute = group.startswith("/")
    package = "" if default.package == "_here_" else default.package
    relative = group.removeprefix("/")
    choice = Choice(relative, option, is_group, absolute, package, default.optional, base, parent)
    if package is None or "_group_" not in package:
        return choice
    package = f"{GLOBAL}.{package.replace('_group_', dotted(choice.folder))}"
    return Choice(relative, option, is_group, absolute, package, default.optional, base, parent)
