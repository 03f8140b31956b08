"""What the scripts of this folder share of their command lines: help from the docstring, and bad values in a line."""
import argparse
import os


def parser(doc, mien):
    """Options with `--mien`, a program that must be there."""
    class Formatter(argparse.RawDescriptionHelpFormatter):
        """The docstring as it is written, and every default that is one."""

        def _get_help_string(self, action):
            text = action.help or ""
            if action.default in (None, False, argparse.SUPPRESS) or "default" in text:
                return text
            return f"{text} (default: %(default)s)".strip()

    options = argparse.ArgumentParser(description=doc, formatter_class=Formatter)
    options.add_argument("--mien", default=mien, type=program, metavar="PROGRAM", help="the built command")
    return options


def program(path):
    if not os.access(path, os.X_OK) or os.path.isdir(path):
        raise argparse.ArgumentTypeError(f"{path} is no program; build it with make build, or name another")
    return os.path.normpath(path)


def positive(text):
    """A whole number from 1."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1")
    return int(text)


def folder(path):
    if not os.path.isdir(path):
        raise argparse.ArgumentTypeError(f"{path}: no such folder")
    return path
