"""The command line: a table of commands that load when they run, and the promise of exit codes."""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from piste import __version__
from piste.pipelines.errors import DiskError, PisteError, Terminated

COMMANDS = {
    "train": "piste.pipelines.commands.train",
    "evaluate": "piste.pipelines.commands.evaluate",
    "export": "piste.pipelines.commands.export",
    "predict": "piste.pipelines.commands.predict",
    "find-rate": "piste.pipelines.commands.find_rate",
    "check": "piste.pipelines.commands.check",
    "list": "piste.pipelines.commands.list",
    "moments": "piste.pipelines.commands.moments",
    "schema": "piste.pipelines.commands.schema",
    "show": "piste.pipelines.commands.show",
}
_INTERRUPTED, _PIPE_CLOSED, _TERMINATED, _BUG = 130, 141, 143, 70


class Commands(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command, or offers the nearest."""
        from piste.models.suggest import nearest

        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = nearest(name, COMMANDS)
            hint = f" Did you mean `{near}`?" if near else ""
            ctx.fail(f"There is no command `{name}`.{hint}")
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="piste")
def cli() -> None:
    """Train Keras models from YAML, and see whether their gradients flow and their units live."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Returns:
        The exit code: 0 ok, 2 usage, 3 config, and so on as `piste.pipelines.errors` has it; 70 for a bug of
        Piste's own, whose traceback goes to a file.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        # Not cli.main(), which takes a closed pipe for an error of its own.
        with cli.make_context("piste", words) as context:
            cli.invoke(context)
        sys.stdout.flush()
        return 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except PisteError as error:
        from piste.pipelines.commands.output import print_error

        print_error(error)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo("interrupted", err=True)
        return _TERMINATED if isinstance(error.__cause__ or error, Terminated) else _INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; what Python still holds for it must not be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except OSError as error:
        if error.errno != errno.ENOSPC:
            click.echo(_report_bug(error), err=True)
            return _BUG
        click.echo(f"error: the disk is full: {error}", err=True)
        return DiskError.exit_code
    except Exception as error:
        click.echo(_report_bug(error), err=True)
        return _BUG


def _report_bug(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="piste-bug-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write("".join(traceback.format_exception(error)))
    summary = f"{type(error).__name__}: {error}".split("\n")[0][:200]
    return f"error: a bug in Piste: {summary}. The traceback is in {file.name}."
