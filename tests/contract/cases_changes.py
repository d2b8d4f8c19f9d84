"""One file: look at it, rename it, delete it."""

from __future__ import annotations

from .cases_uploads import TAKEN
from .step import DATE, INTERNAL_ERROR, NOT_FOUND, Body, Step, case, in_json, upload

_ONLY_NUMBERS = {"detail": "Can only update release files with integer IDs"}


def _rename(fields: object, status: int, answer: object, address: str = "${files}$file/") -> Step:
    return Step("PUT", address, status, answer, in_json(fields))


CASES = (
    case(
        "looked at, by both addresses",
        upload("~/a.js", headers=["a:b"], dist="one", remember="file"),
        *(
            Step(
                "GET",
                f"{files}$file/",
                200,
                {
                    "id": "$file",
                    "name": "~/a.js",
                    "dist": "one",
                    "headers": {"Content-Type": "application/javascript", "a": "b"},
                    "size": 7,
                    "dateCreated": DATE,
                },
            )
            for files in ("${files}", "${organization_files}")
        ),
    ),
    case(
        "a file is of one release only",
        upload("~/a.js", remember="file"),
        Step(
            "POST",
            "$releases",
            201,
            body=in_json({"version": "$version b", "projects": ["$project"]}),
        ),
        Step("GET", "${releases}$version%20b/files/$file/", 404, NOT_FOUND),
        Step("DELETE", "${releases}$version%20b/files/$file/", 404, NOT_FOUND),
        Step("DELETE", "${releases}$version%20b/", 204),
    ),
    case(
        "renamed, which frees the old name and takes the new one",
        upload("~/a.js", b"one", remember="file"),
        _rename({"name": "~/b.js"}, 200, {"id": "$file", "name": "~/b.js", "size": 3}),
        upload("~/b.js", status=409, answer=TAKEN),
        upload("~/a.js", b"two"),
        Step("GET", "$files", 200, [{"name": "~/a.js"}, {"id": "$file", "name": "~/b.js"}]),
        Step("GET", "${files}$file/?download=1", 200, content=b"one"),
        _rename({"name": "~/c.js"}, 200, {"name": "~/c.js"}, "${organization_files}$file/"),
        _rename({"name": "~/c.js"}, 200, {"name": "~/c.js"}),
    ),
    case(
        "renamed onto a name that is taken: an internal error, and nothing changes",
        upload("~/a.js", remember="file"),
        upload("~/b.js"),
        _rename({"name": "~/b.js"}, 500, INTERNAL_ERROR),
        Step("GET", "${files}$file/", 200, {"name": "~/a.js"}),
    ),
    case(
        "renamed onto a name of another dist",
        upload("~/a.js", dist="one", remember="file"),
        upload("~/b.js"),
        _rename({"name": "~/b.js", "dist": "two"}, 200, {"name": "~/b.js", "dist": "one"}),
    ),
    case(
        "a new name is stripped, has at most 200 characters, and is not checked further",
        upload("~/a.js", remember="file"),
        _rename({"name": " ~/b.js "}, 200, {"name": "~/b.js"}),
        _rename({"name": "n" * 200}, 200, {"name": "n" * 200}),
        _rename(
            {"name": "n" * 201},
            400,
            {"name": ["Ensure this field has no more than 200 characters."]},
        ),
        _rename({"name": "~/a\nb.js"}, 200, {"name": "~/a\nb.js"}),
        _rename({"name": "file"}, 200, {"name": "file"}),
        Step(
            "PUT",
            "${files}$file/",
            200,
            {"name": "~/form.js"},
            Body(b"name=~/form.js", "application/x-www-form-urlencoded"),
        ),
    ),
    case(
        "not a new name",
        upload("~/a.js", remember="file"),
        _rename({}, 400, {"name": ["This field is required."]}),
        _rename({"name": None}, 400, {"name": ["This field may not be null."]}),
        _rename({"name": ""}, 400, {"name": ["This field may not be blank."]}),
        _rename({"name": " "}, 400, {"name": ["This field may not be blank."]}),
        _rename({"name": []}, 400, {"name": ["Not a valid string."]}),
        _rename({"name": "a\0b"}, 400, {"name": ["Null characters are not allowed."]}),
        Step("GET", "${files}$file/", 200, {"name": "~/a.js"}),
    ),
    case(
        "deleted once, which frees the name",
        upload("~/a.js", b"one", remember="file"),
        Step("DELETE", "${files}$file/", 204, content=b""),
        Step("DELETE", "${files}$file/", 404, NOT_FOUND),
        Step("GET", "${files}$file/", 404, NOT_FOUND),
        _rename({"name": "~/b.js"}, 404, NOT_FOUND),
        Step("GET", "$files", 200, []),
        upload("~/a.js", b"one", remember="file"),
        Step("GET", "${files}$file/?download=1", 200, content=b"one"),
        Step("DELETE", "${organization_files}$file/", 204, content=b""),
    ),
    case(
        "the same content under another name outlives a deletion",
        upload("~/a.js", b"same", remember="file"),
        upload("~/b.js", b"same", remember="second"),
        Step("DELETE", "${files}$file/", 204),
        Step("GET", "${files}$second/?download=1", 200, content=b"same"),
    ),
    case(
        "ids that are no numbers, or that no file has",
        *(
            Step("GET", f"${{files}}{number}/", 404, NOT_FOUND)
            for number in ("abc", "1.5", "-1", "0")
        ),
        Step("DELETE", "${files}abc/", 404, NOT_FOUND),
        _rename({"name": "~/b.js"}, 400, _ONLY_NUMBERS, "${files}abc/"),
        _rename({"name": "~/b.js"}, 404, NOT_FOUND, "${files}-1/"),
        Step("GET", f"${{files}}{2**70}/", 500, INTERNAL_ERROR),
    ),
)
