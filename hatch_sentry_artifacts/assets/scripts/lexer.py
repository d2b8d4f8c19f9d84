"""The lexer of scripts: tells comments from code and from text in literals.

In ECMAScript the grammar decides whether a "/" divides or begins a regular expression
(https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar). The token before it decides
that too, but after ")" and "}" it depends on the construct that they close: a stack holds the open
ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from hatch_sentry_artifacts.assets.scripts import constructs, tokens, words
from hatch_sentry_artifacts.assets.scripts.constructs import Open, OpenConstructs
from hatch_sentry_artifacts.assets.scripts.tokens import Comment

_CALL = re.compile(rb"\s*\(")


class Lexer(OpenConstructs):
    """Reads a script from its beginning; `code_end` is the end of the last token that is code.

    Time is linear in the script's length; memory holds three bytes for each open bracket. The
    result is a guess for anything that is not JavaScript in UTF-8. Two questions are decided by
    what is usual in published scripts, not by the grammar: `await` and `yield` are taken for
    operators, and `<!--` for a comment unless a statement `import` or `export` makes the file a
    module.
    """

    def __init__(self, script: bytes, *, is_module: bool | None = None) -> None:
        super().__init__()
        self.code_end = 0
        self.has_module_statement = False
        self._script = script
        self._is_module = is_module
        self._position = 0
        # The last token; `_value`: it ends an operand, `_statement`: a statement may follow.
        self._value = False
        self._statement = True
        self._last = b";"
        self._before_last = b";"
        self._newline = True
        self._declares_async = False
        # How many more bytes may be read in vain for what is no regular expression.
        self._vain = len(script)

    def comments(self) -> Iterator[Comment]:
        """Yield each comment, in order; a hashbang is none."""
        script = self._script
        if script.startswith(tokens.BYTE_ORDER_MARK):
            self._position = len(tokens.BYTE_ORDER_MARK)
        if script.startswith(b"#!", self._position):
            self._position = self.code_end = tokens.line_end(script, self._position)
        while found := tokens.TOKEN.match(script, self._position):
            kind = found.lastgroup or "sign"
            start, self._position = found.span(kind)
            if kind in _COMMENTS:
                comment = self._comment(kind, found[kind], start)
                if comment:
                    yield comment
                    continue
            elif kind == "newline":
                self._newline = True
                continue
            elif kind == "space":
                continue
            else:
                _TAKE[kind](self, found[kind])
            self._newline = False
            self.code_end = self._position

    def _comment(self, kind: str, mark: bytes, start: int) -> Comment | None:
        """Take a comment; return None, after taking operators, if it is one only in non-modules."""
        if kind == "html" and not self._is_html_comment(mark):
            # `a-->b` and `a<!--b`.
            sign = b"--" if mark == b"-->" else b"<"
            self._position = start + len(sign)
            self._sign(sign)
            return None
        if kind == "block":
            end = self._script.find(b"*/", self._position)
            self._position = len(self._script) if end < 0 else end + 2
            within = tokens.LINE_END.search(self._script, start, self._position)
            self._newline |= within is not None
        else:
            self._position = tokens.line_end(self._script, self._position)
        return Comment(start, self._position, mark)

    def _is_html_comment(self, mark: bytes) -> bool:
        if mark == b"-->" and not self._newline:
            return False
        if self._is_module is None:
            self._is_module = _is_module(self._script)
        return not self._is_module

    def _set(self, last: bytes, *, value: bool = False, statement: bool = False) -> None:
        self._before_last, self._last = self._last, last
        self._value, self._statement = value, statement

    def _chain(self, chain: bytes) -> None:
        self._set(chain[-1:])

    def _number(self, number: bytes) -> None:
        self._set(number, value=True)

    def _quote(self, quote: bytes) -> None:
        self._position, _ = tokens.string_end(self._script, self._position, quote)
        # A module's name ends its statement.
        ends = self._last in words.BEFORE_MODULE_NAMES
        self._set(quote, value=not ends, statement=ends)

    def _word(self, word: bytes) -> None:
        if self._last in words.MEMBER_SIGNS:
            self._set(b"", value=True)
        elif word in words.BEFORE_OPERANDS:
            if word in {b"import", b"export"} and len(self._open) == 1:
                self.has_module_statement |= not _CALL.match(self._script, self._position)
            self._set(word, statement=word in words.BEFORE_STATEMENTS)
        elif self._last in words.LABELED and not self._newline:
            self._set(b";", statement=True)
        else:
            take = _WORDS.get(word)
            if take:
                take(self, word)
            else:
                self._set(word, value=True)

    def _declares(self) -> bool:
        """Return whether a function or class here is a declaration; after a value, a line ended."""
        exported = self._last == b"default" and self._before_last == b"export"
        return self._statement or self._value or exported or self._last == b"export"

    def _function(self, word: bytes) -> None:
        is_async = self._last == b"async" and not self._newline
        declares = self._declares_async if is_async else self._declares()
        self._push(Open.AWAITED_FUNCTION if declares else Open.AWAITED_FUNCTION_VALUE)
        self._set(word)

    def _debugger(self, _word: bytes) -> None:
        """Take `debugger`, a statement that needs no semicolon before a line end."""
        self._set(b";", statement=True)

    def _declaration(self, word: bytes) -> None:
        """Take `const`, `let` or `var`; what it declares may be a list."""
        self._declaring[-1] = True
        self._set(word, value=True)

    def _class(self, word: bytes) -> None:
        self._push(Open.AWAITED_CLASS if self._declares() else Open.AWAITED_CLASS_VALUE)
        self._set(word, value=True)

    def _async(self, word: bytes) -> None:
        self._declares_async = self._declares()
        self._set(word, value=True)

    def _of_word(self, word: bytes) -> None:
        is_operator = self._value and self._open[-1] == Open.FOR
        self._set(word, value=not is_operator)

    def _sign(self, sign: bytes) -> None:
        take = _SIGNS.get(sign)
        if take:
            take(self, sign)
        else:
            self._set(sign)

    def _step(self, sign: bytes) -> None:
        """Take "++" or "--", which is before an operand, or after one in the same line."""
        self._set(sign, value=self._value and not self._newline)

    def _separator(self, sign: bytes) -> None:
        self._await_no_body()
        self._set(sign)

    def _semicolon(self, sign: bytes) -> None:
        self._await_no_body()
        self._questions[-1] = self._declaring[-1] = 0
        self._set(sign, statement=self._open[-1] in constructs.WITH_STATEMENTS)

    def _question(self, sign: bytes) -> None:
        self._ask()
        self._set(sign)

    def _colon(self, sign: bytes) -> None:
        self._await_no_body()
        is_label = not self._answer()
        self._set(sign, statement=is_label and self._open[-1] in constructs.WITH_STATEMENTS)

    def _slash(self, sign: bytes) -> None:
        if (not self._value or self._ends_declaration()) and self._vain > 0:
            end, is_expression = tokens.expression_end(self._script, self._position)
            if is_expression:
                self._position = end
                self._set(b"", value=True)
                return
            self._vain -= end - self._position
        self._set(sign)

    def _ends_declaration(self) -> bool:
        """Return whether the last token is a name that is declared without a value."""
        if self._before_last == b",":
            return self._newline and self._declaring[-1] != 0
        return self._before_last in words.DECLARING

    def _template(self, sign: bytes) -> None:
        end = tokens.template_text_end(self._script, self._position)
        if self._script.startswith(b"${", end):
            self._position = end + 2
            self._push(Open.TEMPLATE)
            self._set(b"${")
        else:
            self._position = min(end + 1, len(self._script))
            self._set(sign, value=True)

    def _open_round(self, sign: bytes) -> None:
        kind = Open.PAREN
        if self._last == b"for" or (self._last == b"await" and self._before_last == b"for"):
            kind = Open.FOR
        elif self._last in words.CONDITIONS:
            kind = Open.CONDITION
        self._push(kind)
        self._set(sign)

    def _open_square(self, sign: bytes) -> None:
        self._push(Open.BRACKET)
        self._set(sign)

    def _close_round(self, sign: bytes) -> None:
        condition = self._pop() in {Open.CONDITION, Open.FOR}
        self._set(sign, value=not condition, statement=condition)

    def _open_brace(self, sign: bytes) -> None:
        kind = self._kind_of_brace()
        self._push(kind)
        self._set(sign, statement=kind in constructs.WITH_STATEMENTS)

    def _kind_of_brace(self) -> int:
        around = self._open[-1]
        if around in constructs.AWAITED_FUNCTIONS or (around in constructs.BODY_OF and self._value):
            self._drop()
            return constructs.BODY_OF[around]
        if self._value and around in constructs.WITH_METHODS:
            return Open.METHOD
        if self._value or self._statement or self._last in {b"=>", b"export", b"import"}:
            return Open.BLOCK
        ended = self._newline and self._last in words.RESTRICTED
        return Open.BLOCK if ended else Open.OBJECT

    def _close_brace(self, sign: bytes) -> None:
        kind = self._pop()
        if kind == Open.TEMPLATE:
            self._template(sign)
        else:
            value = kind in constructs.VALUES
            self._set(sign, value=value, statement=not value and kind != Open.METHOD)


_Take = Callable[[Lexer, bytes], None]
_COMMENTS = frozenset(("line", "block", "html"))
# ruff: noqa: SLF001 - the table names methods that are the lexer's own, in its own module
_TAKE: Mapping[str, _Take] = {
    "chain": Lexer._chain,
    "number": Lexer._number,
    "quote": Lexer._quote,
    "word": Lexer._word,
    "sign": Lexer._sign,
}
_WORDS: Mapping[bytes, _Take] = {
    b"function": Lexer._function,
    b"class": Lexer._class,
    b"async": Lexer._async,
    b"debugger": Lexer._debugger,
    **dict.fromkeys(words.DECLARING, Lexer._declaration),
    b"of": Lexer._of_word,
}
_SIGNS: Mapping[bytes, _Take] = {
    b"/": Lexer._slash,
    b"`": Lexer._template,
    b"(": Lexer._open_round,
    b"[": Lexer._open_square,
    b")": Lexer._close_round,
    b"]": Lexer._close_round,
    b"{": Lexer._open_brace,
    b"}": Lexer._close_brace,
    b"++": Lexer._step,
    b"--": Lexer._step,
    b",": Lexer._separator,
    b"=": Lexer._separator,
    b";": Lexer._semicolon,
    b"?": Lexer._question,
    b":": Lexer._colon,
}


def _is_module(script: bytes) -> bool:
    """Return whether a statement `import` or `export` makes the file a module."""
    lexer = Lexer(script, is_module=True)
    return any(lexer.has_module_statement for _ in lexer.comments()) or lexer.has_module_statement
