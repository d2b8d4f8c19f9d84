"""The function around a place, marked by | in the text."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.explain.functions import enclosing_function


def name_at(marked: str) -> str | None:
    """Return the name found at the mark, with () behind it if it is inside of one without."""
    text = marked.replace("|", "", 1)
    found = enclosing_function(text, marked.index("|"))
    if found is None:
        return None
    assert text.startswith(found.name, found.at)
    return found.name + ("()" if found.inside else "")


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("function total(a, b = f(1)) { return |a }", "total"),
        ("export default async function* total() { |a }", "total"),
        ("function total<T extends X>(a: T): Promise<T> { |a }", "total"),
        ("const total = function (a) { |a }", "total"),
        ("const total = (a: number): number => { |a }", "total"),
        ("const total: Sum = async (a) => { |a }", "total"),
        ("const total = a => |a", "total"),
        ("const total = (a) =>\n  a +\n  |b", "total"),
        ("class A { static async total(a) { |a } }", "total"),
        ("class A { get total(): number { |a } }", "total"),
        ("class A { #total = () => { |a } }", "#total"),
        ("x = { total(a) { |a } }", "total"),
        ("x = { total: function () { |a } }", "total"),
        ("x = { 'total': (a) => { |a } }", "total"),
        ("function outer() { function inner() { } |a }", "outer"),
        ("function outer() { if (a) { for (;;) { |a } } }", "outer"),
        ("function outer() { try { a } catch (e) { |a } }", "outer"),
        ("function outer() { return list.map((a) => { |a }) }", "outer()"),
        ("function outer() { list.map(a => a); |b }", "outer"),
        ("function outer() { list.map(a => a, |b) }", "outer"),
        ("function outer() { return () => ({ a: |b }) }", "outer()"),
    ],
)
def test_functions_of_all_kinds_are_named(marked: str, name: str) -> None:
    assert name_at(marked) == name


@pytest.mark.parametrize(
    "marked",
    [
        "function total() { '}'; |a }",
        'function total() { "\\"}"; |a }',
        "function total() { // }\n |a }",
        "function total() { /* } */ |a }",
        'function total() { /[/}"]}/.test(x); |a }',
        "function total() { return /}/.test(x) && |a }",
        "function total() { `}${ {a: `}${b}`} }}`; |a }",
        "function total() { return `${ |a }` }",
        "function total() { a / b; '}' / c; |a }",
        "function total() { return <p>it's {b} </p>; |a }",
    ],
)
def test_brackets_in_literals_and_comments_do_not_count(marked: str) -> None:
    assert name_at(marked) == "total"


@pytest.mark.parametrize(
    "marked",
    [
        "|a",
        "function total() { }\n|a",
        "const total = (a) => a\n|f()",
        "const total = (a) => a\nif (b) { |c }",
        "const total = (a) => { a }\n|f()",
        "if (a) { |b }",
        "x = { a: |b }",
        "class A { a = |b }",
        "list.map((a) => { |a })",
        "} ) ] |a",
    ],
)
def test_elsewhere_no_function_is_named(marked: str) -> None:
    assert name_at(marked) is None
