"""Scripts composed of tokens, with text like comments wherever text may stand."""

from __future__ import annotations

from hypothesis import strategies as some

_TEXT = some.sampled_from(
    [
        "//# sourceMappingURL=x.map",
        "//# debugId=6f9619ff-8b86-4d11-b42d-00c04fc964ff",
        "//",
        "/*",
        "*/",
        "<!--",
        "-->",
        "'",
        '"',
        "`",
        "/",
        "[",
        "]",
        "\\\\",
        "\\/",
        "\\`",
        "\\'",
        '\\"',
        "$",
        "{",
        "}",
        "${1}",
        "${`}`}",
        "${{a:1}}",
        "\n",
        "\\\n",
        "\u2028",
        "a",
        " ",
    ]
)
_TEXTS = some.lists(_TEXT, max_size=4).map("".join)
# Where a "/" divides behind it, or begins an expression, or either.
_TOKENS = some.sampled_from(
    """a b1 1 .5 1. 0xE 1e3 this of async get static let from yield$ ( ) [ ] { } {} () [] ; : , . ?.
    ? ?? => = += == ! ~ - + * ** % & && | < > >> ... ++ -- / /= /b/ /b/g /[/]/ /\\// if(a) while(0)
    for(;;) for(a·of with(a) do else return typeof delete void in new throw case·a:
    default: break; continue; function function* function·f( class class·A{ extends try{
    catch{ finally{ switch(a){ a? a: (a)=>{ ()=>a} {a(){ async·function var·a= a=>a
    var·a,b let·c,d, #! @ \\u0061 \\u{61} \u00a0 \u00e9""".replace("\n", " ").split()
).map(lambda token: token.replace("·", " "))
_TOKEN_OR_LITERAL = some.one_of(
    _TOKENS,
    _TOKENS,
    _TEXTS.map("'{}'".format),
    _TEXTS.map('"{}"'.format),
    _TEXTS.map("`{}`".format),
    _TEXTS.map("/{}/".format),
    _TEXTS.map("/*{}*/".format),
    _TEXTS.map("//{}\n".format),
    some.sampled_from(["\n", "\n", " ", "\r\n", "\u2028", "<!--", "\n-->", "*/", "//'\n"]),
)
_FREE = some.lists(_TOKEN_OR_LITERAL, max_size=10).map(" ".join)

_OPERAND = some.one_of(
    some.sampled_from(
        [
            "a",
            "1",
            "(a)",
            "[a]",
            "a.b",
            "a?.if",
            "a.return",
            "a++",
            "{}.a",
            "function(){}",
            "()=>{}",
            "class{}",
            "``",
            "async",
            "new·a",
            "function*(){}",
            "async()=>{}",
            "{a(){}}.a",
            "class{a(){}}",
            "this",
            "a[0]",
            "f()",
            "!a",
            "/b/",
            "'c'",
            '"d"',
            "a?{b:1}:{c:2}",
        ]
    )
    .map(lambda text: text.replace("·", " "))
    .map(lambda text: f"({text})" if text.startswith("{") or "=>" in text else text),
    _TEXTS.map("`{}`".format),
    _TEXTS.map("'{}'".format),
    _TEXTS.map("/[{}]/".format),
)
_BINARY = some.sampled_from(
    ["/", " / ", "\n/", "+", ",", "=>", " in ", "*", "??", "<", "?a:", "- -"]
)
_EXPRESSION = some.lists(_OPERAND, min_size=1, max_size=3).flatmap(
    lambda operands: some.lists(_BINARY, min_size=len(operands), max_size=len(operands)).map(
        lambda signs: "".join(f"{o}{s}" for o, s in zip(operands, signs, strict=True)) + "a"
    )
)
_STATEMENT = some.one_of(
    _EXPRESSION.map("x={};".format),
    _EXPRESSION.map("x={}\n".format),
    _EXPRESSION.map("if(a){}\n".format),
    _EXPRESSION.map("while(0){};".format),
    _EXPRESSION.map("for(q of{});".format),
    _EXPRESSION.map("l:{{{}}}".format),
    _EXPRESSION.map("function g(){{return {}}}".format),
    _EXPRESSION.map("switch(a){{case {}:{{}}default:{{}}}}".format),
    _EXPRESSION.map("x={{a:{},b(){{}},get c(){{}}}}\n".format),
    _EXPRESSION.map("class C{{d={};static{{}}e(){{}}}}".format),
    _EXPRESSION.map("do{};while(0)".format),
    some.sampled_from(
        ["function h(){}", "class D{}", "{}", "a\n", "try{}catch{}", "async function i(){}", "j:{}"]
    ),
    _TEXTS.map("/{}/.test(a)\n".format),
    _TEXTS.map("/*{}*/".format),
    _TEXTS.map("//{}\n".format),
    some.sampled_from(["\n", "\n-->b\n", "<!--c\n", " "]),
)
SCRIPTS = some.one_of(_FREE, some.lists(_STATEMENT, max_size=5).map("".join))
