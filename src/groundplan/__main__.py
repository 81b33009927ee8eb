"""The way into the `groundplan` command, also as `python -m groundplan`."""

import gc
import signal


def main() -> None:
    """Run the command. Ctrl-C while its modules are read ends it without a word."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # A run takes seconds: looking for garbage would cost it a tenth of them.
    gc.disable()

    from .cli import main as command

    command()


if __name__ == "__main__":
    main()
