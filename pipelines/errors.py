"""Every way a run can end badly, each with the exit code that the command line promises."""


class PisteError(Exception):
    """Base of all errors that are the user's to mend: one readable block, never a traceback."""

    exit_code = 70


class UsageError(PisteError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class ConfigError(PisteError):
    """The config is wrong; the message lists every problem with its position."""

    exit_code = 3


class DataError(PisteError):
    """The data cannot be read or does not fit the config."""

    exit_code = 4


class ArtefactError(PisteError):
    """A checkpoint or an exported model is damaged or disagrees with its source."""

    exit_code = 5


class RunFolderError(PisteError):
    """The run folder, or the file to write, exists or another process holds it."""

    exit_code = 6


class DiskError(PisteError):
    """The disk is full or refuses to be written."""

    exit_code = 7


class DivergedError(PisteError):
    """Training produced numbers that are no longer finite."""

    exit_code = 8


class DeviceError(PisteError):
    """The device or the environment lacks what the run needs."""

    exit_code = 9


class UntrustedError(PisteError):
    """The input asks for something that Piste refuses to do for safety."""

    exit_code = 10


class Terminated(KeyboardInterrupt):
    """SIGTERM asked the process to end; what was trained is saved, and the exit code is 143."""
