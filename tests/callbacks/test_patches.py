"""Patches of one thread, whatever order threads come and go in."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from piste.callbacks.patches import replaced, wrapped_here


class Greeter:
    def greet(self) -> str:
        return "plain"


def louder(greet: Any) -> Any:
    return lambda *given: greet(*given) + "!"


def test_only_this_thread_gets_the_wrapped_function() -> None:
    greeter, heard = Greeter(), []
    with wrapped_here(greeter, "greet", louder):
        other = threading.Thread(target=lambda: heard.append(greeter.greet()))
        other.start()
        other.join()
        assert greeter.greet() == "plain!"
    assert heard == ["plain"]
    assert vars(greeter) == {}


def test_threads_overlap_in_any_order() -> None:
    greeter, heard = Greeter(), []
    first_is_in, second_is_in, first_is_out = (threading.Event() for _ in range(3))

    def first() -> None:
        with wrapped_here(greeter, "greet", louder):
            first_is_in.set()
            second_is_in.wait(10)
            heard.append(greeter.greet())
        first_is_out.set()

    def second() -> None:
        first_is_in.wait(10)
        with wrapped_here(greeter, "greet", lambda greet: lambda: greet() + "?"):
            second_is_in.set()
            first_is_out.wait(10)
            heard.append(greeter.greet())

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == ["plain!", "plain?"]
    assert vars(greeter) == {}


def test_wraps_of_a_class_nest_and_end_with_an_exception() -> None:
    plain = Greeter.greet
    with pytest.raises(ZeroDivisionError), wrapped_here(Greeter, "greet", louder):
        with wrapped_here(Greeter, "greet", louder):
            assert Greeter().greet() == "plain!!"
        assert Greeter().greet() == "plain!"
        raise ZeroDivisionError
    assert Greeter.greet is plain


def test_what_was_there_before_comes_back() -> None:
    own = SimpleNamespace(greet=lambda: "own")
    before = own.greet
    with wrapped_here(own, "greet", louder):
        assert own.greet() == "own!"
    assert own.greet is before
    with replaced(own, "extra", 1):
        assert own.extra == 1
    assert not hasattr(own, "extra")
