"""Words and signs after which a lexer of scripts expects something in particular."""

from __future__ import annotations

# An operand follows these words, so that a "/" begins a regular expression.
BEFORE_OPERANDS = frozenset(
    b"await break case continue default delete do else export extends finally import in instanceof "
    b"new return throw try typeof void yield".split()
)
BEFORE_STATEMENTS = frozenset((b"do", b"else", b"finally", b"try"))
# A line end after one of these words ends the statement.
RESTRICTED = frozenset((b"break", b"continue", b"return", b"yield"))
LABELED = frozenset((b"break", b"continue"))
CONDITIONS = frozenset((b"if", b"while", b"with"))
MEMBER_SIGNS = frozenset((b".", b"?."))
BEFORE_MODULE_NAMES = frozenset((b"from", b"import"))
# A declaration without a value is no operand, so a line end ends the statement.
DECLARING = frozenset((b"const", b"let", b"var"))
