"""`verify`: sound sites, and each way in which a deployment is broken."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN
from hatch_sentry_artifacts.local_server.settings import CI_TOKEN
from hatch_sentry_artifacts.verify.exploration import explore
from hatch_sentry_artifacts.verify.site import Bounds, Site, SiteFault
from tests.explain import bundle
from tests.support import make_wheel
from tests.support.shell import Shell
from tests.support.side_files import MAP, SCRIPTS, keep, stripped

from .site import RunningSite, running_site

SCRIPT = "/static/page.js"
FILES = {f"/{path.partition('/')[2]}": content for path, content in bundle.files().items()}
CODE = FILES[SCRIPT]
CHUNK = b'import("./page.js");f()\n'


@pytest.fixture
def site() -> Iterator[RunningSite]:
    with running_site() as running:
        yield running


@pytest.fixture
def release(shell: Shell) -> str:
    """Return the release of the project, which has the bundle."""
    text = (shell.folder / "pyproject.toml").read_text("utf-8")
    version = text.partition('version = "')[2].partition('"')[0]
    wheel = make_wheel(shell.folder / "dist", version=version, files=bundle.files())
    assert shell.run("upload", str(wheel)).code == 0
    return version


def test_a_sound_site_says_that_nothing_has_to_be_done(
    shell: Shell, site: RunningSite, release: str
) -> None:
    site.files[SCRIPT] = CODE
    page = site.page(SCRIPT, inline=f'Sentry.init({{dsn:"x",release:"{release}"}})')
    done = shell.run("verify", page)
    assert done.code == 0, done.out
    first, *_, last = done.out.splitlines()
    assert first.startswith(f"1 script resolves in release {release}, no dist, of acme/web")
    assert "places lead to an original" in done.out
    assert last == "Nothing has to be done: the next error will be readable."


def test_a_map_that_anyone_can_read_is_told(shell: Shell, site: RunningSite, release: str) -> None:
    site.files |= FILES
    done = shell.run("verify", site.page(SCRIPT))
    assert done.code == 0
    assert f"readable for anyone: {site.url}{SCRIPT}.map" in done.out
    assert "source-maps" in done.out.splitlines()[-1]


BROKEN = {
    "a CDN adds something": ({SCRIPT: b"/* cdn */" + CODE + b";cdn()"}, (SCRIPT,), "changed: "),
    "another build": ({SCRIPT: b"completely(other)\n"}, (SCRIPT,), "other build: "),
    "another name": ({"/assets/page.js": CODE}, ("/assets/page.js",), "other name: "),
    "not uploaded": ({"/static/new.js": b"a()"}, ("/static/new.js",), "not uploaded: "),
    "not there": ({}, (SCRIPT,), "unreachable: "),
    "a page in a script's place": ({SCRIPT: b"<!doctype html>"}, (SCRIPT,), "unreachable: "),
}


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("case", BROKEN)
def test_the_first_line_names_the_fault_and_the_last_what_to_do(
    shell: Shell, site: RunningSite, case: str
) -> None:
    files, scripts, begin = BROKEN[case]
    site.files |= files
    done = shell.run("verify", site.page(*scripts))
    assert done.code == 1
    first, *_, last = done.out.splitlines()
    assert first.startswith(begin), done.out
    assert last.endswith(".")


@pytest.mark.usefixtures("release")
def test_a_script_of_an_older_release_is_known_as_such(shell: Shell, site: RunningSite) -> None:
    old = {"shop/static/page.js": b"old(1)\n//# sourceMappingURL=page.js.map\n"}
    folder = shell.folder / "old"
    folder.mkdir()
    wheel = make_wheel(folder, version="0.1", files=old)
    older = "0.0-" + site.url.rpartition(":")[2]
    assert shell.run("upload", str(wheel), "--release", older).code == 0
    site.files[SCRIPT] = old["shop/static/page.js"]
    done = shell.run("verify", site.page(SCRIPT))
    assert done.code == 1
    assert f"it is of release {older}" in done.out.splitlines()[0]
    assert "caches" in done.out.splitlines()[-1]


@pytest.mark.usefixtures("release")
def test_a_page_that_says_another_release_is_the_first_thing_told(
    shell: Shell, site: RunningSite
) -> None:
    site.files[SCRIPT] = CODE
    page = site.page(SCRIPT, inline='window.SENTRY_RELEASE={id:"9.9"}')
    done = shell.run("verify", page)
    assert done.code == 1
    assert done.out.startswith("the page tells Sentry release 9.9, but the files are in ")


@pytest.mark.usefixtures("shell")
def test_a_script_without_map_is_told(shell: Shell, site: RunningSite) -> None:
    wheel = make_wheel(shell.folder, version="3", files={"shop/static/bare.js": b"a(1)\n"})
    site.files["/static/bare.js"] = b"a(1)\n"
    done = shell.run("verify", site.page("/static/bare.js"), "--from", str(wheel))
    assert done.code == 1
    assert done.out.startswith(f"no map: {site.url}/static/bare.js: ")


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    "loader",
    [
        b'import"./page.js"',
        b"const a=()=>import(`./page.js`)",
        b'm.f||(m.f=["static/page.js"])',
        b'e=>"/static/"+{3:"page"}[e]+".js"',
        b'e=>"/static/"+name(e)+".js"//page',
    ],
    ids=[
        "import",
        "dynamic import",
        "list of files to preload",
        "names of chunks",
        "a computed name",
    ],
)
def test_scripts_are_followed_to_those_that_they_load(
    shell: Shell, site: RunningSite, loader: bytes
) -> None:
    site.files |= {"/static/main.js": loader, SCRIPT: CODE}
    done = shell.run("verify", site.page("/static/main.js"), "--json")
    seen = {each["url"].removeprefix(site.url) for each in done.json["scripts"]}
    sure = b"name(e)" not in loader
    assert seen == {"/static/main.js", *([SCRIPT] if sure else [])}


def test_chunks_are_found_by_the_hashes_in_a_table(shell: Shell, site: RunningSite) -> None:
    name = "static/chunk.5f2c0a3e8d.js"
    wheel = make_wheel(shell.folder, version="3", files={f"shop/{name}": CODE})
    site.files["/static/main.js"] = b'e=>"static/chunk."+{7:"5f2c0a3e8d"}[e]+".js"'
    site.files[f"/{name}"] = CODE
    page = site.page("/static/main.js")
    done = shell.run("verify", page, "--from", str(wheel), "--json")
    assert f"{site.url}/{name}" in {each["url"] for each in done.json["scripts"]}


@pytest.mark.usefixtures("release")
def test_the_site_gets_no_token_and_headers_only_where_they_are_meant(
    shell: Shell, site: RunningSite
) -> None:
    with running_site() as other:
        other.files["/lib.js"] = b"lib()"
        site.files[SCRIPT] = CODE
        page = site.page(SCRIPT, f"{other.url}/lib.js")
        done = shell.run("verify", page, "--header", "Cookie: session=secret")
    assert done.code == 0, done.out
    assert {headers.get("Cookie") for _, headers in site.asked} == {"session=secret"}
    assert [headers.get("Cookie") for _, headers in other.asked] == [None]
    for _, headers in (*site.asked, *other.asked):
        assert DEFAULT_TOKEN not in json.dumps(dict(headers))
    assert "1 script of other hosts" in done.out
    assert "secret" not in done.out + done.err


@pytest.mark.usefixtures("release")
def test_pages_are_crawled_up_to_the_number_that_is_given(shell: Shell, site: RunningSite) -> None:
    site.files[SCRIPT] = CODE
    site.page(SCRIPT, path="/two")
    site.files["/"] = b'<!doctype html><a href="/one">1</a><a href="/two#x">2</a>'
    site.files["/one"] = b"<!doctype html>"
    few = shell.run("verify", site.url + "/", "--crawl", "2", "--json")
    assert few.json["scripts"] == []
    assert few.code == 1
    many = shell.run("verify", site.url + "/", "--crawl", "9", "--json")
    assert many.json["pages"] == [site.url + path for path in ("/", "/one", "/two")]
    assert many.code == 0


@pytest.mark.usefixtures("release")
def test_a_sitemap_names_the_pages(shell: Shell, site: RunningSite) -> None:
    site.files[SCRIPT] = CODE
    page = site.page(SCRIPT, path="/two")
    site.files["/sitemap.xml"] = f"<urlset><url><loc>{page}</loc></url></urlset>".encode()
    done = shell.run("verify", f"{site.url}/sitemap.xml", "--crawl", "5", "--json")
    assert done.json["pages"] == [page]


@pytest.mark.usefixtures("release")
def test_a_script_may_be_given_itself_and_redirects_are_followed(
    shell: Shell, site: RunningSite
) -> None:
    site.files |= {SCRIPT: CODE, "/old.js": b""}
    site.statuses["/old.js"] = 302
    site.headers["/old.js"] = {"Location": SCRIPT}
    assert shell.run("verify", site.url + SCRIPT).code == 0
    assert shell.run("verify", site.page("/old.js")).code == 1  # browsers report this name


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("status", [404, 500, 301])
def test_a_page_that_cannot_be_opened_is_one_line(
    shell: Shell, site: RunningSite, status: int
) -> None:
    site.files["/"] = b"<!doctype html>"
    site.statuses["/"] = status
    site.headers["/"] = {"Location": "/"}
    done = shell.run("verify", site.url + "/")
    assert done.code == 1
    assert done.out.startswith(site.url)


def test_nobody_listening_is_one_line(shell: Shell, release: str) -> None:
    done = shell.run("verify", "http://127.0.0.1:9/")
    assert (done.code, done.out.splitlines()[0].startswith("http://127.0.0.1:9")) == (1, True)


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://[", "https://a b", "http://"])
def test_what_is_no_address_is_a_usage_error(shell: Shell, url: str) -> None:
    assert shell.run("verify", url).code == 2


def test_a_token_that_may_not_look_into_files_compares_what_it_can(
    shell: Shell, site: RunningSite, release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", CI_TOKEN)
    site.files[SCRIPT] = CODE
    done = shell.run("verify", site.page(SCRIPT))
    assert done.code == 0
    assert "could not be looked into" in done.out.splitlines()[0]
    site.files[SCRIPT] = b"another()"
    assert shell.run("verify", site.page(SCRIPT)).code == 1


def test_ids_find_scripts_whatever_their_names(shell: Shell, site: RunningSite) -> None:
    folder = shell.folder / "src" / "static"
    folder.mkdir(parents=True)
    for path, content in bundle.files().items():
        (folder / Path(path).name).write_bytes(content)
    assert shell.run("inject", str(folder)).code == 0
    release = "9-" + site.url.rpartition(":")[2]
    upload = ("upload", str(folder), "--release", release, "--upload-as", "artifact-bundle")
    assert shell.run(*upload).code == 0
    site.files["/elsewhere/hashed.5f3a.js"] = (folder / "page.js").read_bytes()
    page = site.page("/elsewhere/hashed.5f3a.js")
    done = shell.run("verify", page, "--release", release)
    assert done.code == 0, done.out
    assert "debug id" in done.out


@pytest.mark.usefixtures("release")
def test_a_page_may_be_redirected_to_another_host(shell: Shell, site: RunningSite) -> None:
    with running_site() as other:
        other.files[SCRIPT] = CODE
        site.files["/"] = b""
        site.statuses["/"] = 302
        site.headers["/"] = {"Location": other.page(SCRIPT)}
        done = shell.run("verify", site.url, "--header", "Cookie: session=secret")
    assert done.code == 0, done.out
    assert [headers.get("Cookie") for _, headers in other.asked] == [None] * len(other.asked)


UNREADABLE = {
    "a bomb": ({"Content-Encoding": "gzip"}, gzip.compress(bytes(80_000_000)), "larger than"),
    "damaged": ({"Content-Encoding": "gzip"}, b"no gzip", "damaged"),
    "brotli": ({"Content-Encoding": "br"}, b"x", "compressed as 'br'"),
    "partial": ({}, 206, "answers 206"),
    "not modified": ({}, 304, "answers 304"),
    "a file": ({"Location": "file:///etc/passwd"}, 302, "redirects to file:///etc/passwd"),
    "nowhere": ({}, 302, "redirects to nowhere"),
    "a circle": ({"Location": SCRIPT}, 302, "redirects more than 5 times"),
    "no host": ({"Location": "http://a..b/x.js"}, 302, "a..b"),
}


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("case", UNREADABLE)
def test_a_script_that_cannot_be_read_is_told(shell: Shell, site: RunningSite, case: str) -> None:
    headers, content, told = UNREADABLE[case]
    site.files[SCRIPT] = content if isinstance(content, bytes) else b""
    if isinstance(content, int):
        site.statuses[SCRIPT] = content
    site.headers[SCRIPT] = headers
    done = shell.run("verify", site.page(SCRIPT))
    assert done.code == 1
    assert done.out.startswith("unreachable: ")
    assert told in done.out.splitlines()[0]
    assert "Traceback" not in done.err


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    "header",
    ["Cookie", "Coo kie: secret", "Cookie: secret\n", "Cookie: secret\u2028", ": secret", "X: é"],
)
def test_a_header_that_cannot_be_sent_is_a_usage_error(
    shell: Shell, site: RunningSite, header: str
) -> None:
    done = shell.run("verify", site.url, "--header", header)
    sent = header.endswith("\n")  # of what is stripped, nothing is left
    assert done.code == (1 if sent else 2)
    assert "secret" not in done.out + done.err


def test_an_address_with_a_password_is_not_shown(shell: Shell) -> None:
    done = shell.run("verify", "https://me:secret@shop.example/")
    assert done.code == 2
    assert "secret" not in done.err
    assert "Authorization" in done.err


@pytest.mark.usefixtures("release")
def test_what_only_may_be_loaded_is_no_fault(shell: Shell, site: RunningSite) -> None:
    site.files |= {
        SCRIPT: b"/* import './gone.js' */\n" + CODE,
        "/static/main.js": b'// import "./missing.js"\nf("page.js")',
    }
    done = shell.run("verify", site.page("/static/main.js"), "--json")
    assert [each["verdict"] for each in done.json["scripts"]] == ["not-uploaded", "changed"]
    site.files["/static/main.js"] += b'\nimport("./really.js")'
    done = shell.run("verify", site.page("/static/main.js"), "--json")
    assert f"{site.url}/static/really.js" in done.json["headline"]


@pytest.mark.usefixtures("release")
def test_a_release_that_only_a_script_of_others_says_is_theirs(
    shell: Shell, site: RunningSite
) -> None:
    with running_site() as other:
        other.files["/widget.js"] = b'Sentry.init({dsn:"x",release:"widget@9"})'
        site.files[SCRIPT] = CODE
        done = shell.run("verify", site.page(SCRIPT, f"{other.url}/widget.js"))
    assert done.code == 0, done.out
    assert "widget@9" not in done.out


@pytest.mark.usefixtures("release")
def test_a_script_of_the_release_that_its_cdn_lacks_is_a_fault(
    shell: Shell, site: RunningSite
) -> None:
    with running_site() as cdn:
        done = shell.run("verify", site.page(cdn.url + SCRIPT))
    assert done.code == 1
    assert done.out.startswith("unreachable: ")


@pytest.mark.usefixtures("release")
def test_what_a_site_says_is_shown_escaped(shell: Shell, site: RunningSite) -> None:
    page = site.page(
        "/a\u202e.js", inline='Sentry.init({dsn:"x",release:"\x1b[31m::error::"})', path="/"
    )
    done = shell.run("verify", page)
    assert done.code == 1
    assert not {"\x1b", "\u202e"} & set(done.out)


EMPTY_MAP = b'{"version":3,"sources":[],"names":[],"mappings":""}'
OTHER_MAP = b'{"version":3,"sources":["a.ts"],"sourcesContent":["a"],"names":[],"mappings":"A"}'


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("content", "source_map", "begin"),
    [
        (b"var a=Object.create(null);\n", EMPTY_MAP, "1 script resolves"),
        (b"var a=Object.create(null);\n" * 1000, EMPTY_MAP, "unresolved: "),
        (b"var a=Object.create(null);\n", OTHER_MAP, "unresolved: "),
        (b"preload(1);preload(2);preload(3);own()\n", None, "1 script resolves"),
    ],
    ids=["code of the bundler", "much of it", "another map", "most of it of the bundler"],
)
def test_a_map_that_maps_little_may_be_right(
    shell: Shell, site: RunningSite, content: bytes, source_map: bytes | None, begin: str
) -> None:
    if source_map is None:  # one mapping, of column 33, where `own` stands
        source_map = OTHER_MAP.replace(b'"A"', b'"iCAAA"')
        assert content.find(b"own") == 33
    script = content + b"//# sourceMappingURL=x.js.map\n"
    files = {"shop/static/x.js": script, "shop/static/x.js.map": source_map}
    wheel = make_wheel(shell.folder, version="3", files=files)
    site.files["/static/x.js"] = script
    done = shell.run("verify", site.page("/static/x.js"), "--from", str(wheel))
    assert done.out.startswith(begin), done.out


@pytest.mark.usefixtures("shell")
def test_the_maps_of_a_wheel_may_be_in_its_side_file(shell: Shell, site: RunningSite) -> None:
    source_map = MAP.replace(b"AAAA", b"AAAA;AAAA")
    wheel, shipment = stripped(shell.folder / "built", source_map=source_map)
    side_file = keep(wheel, shipment, shell.folder / "maps")
    site.files["/static/app.js"] = SCRIPTS["shop/static/app.js"]
    page = site.page("/static/app.js")
    alone = shell.run("verify", page, "--from", str(wheel))
    assert (alone.code, alone.out.startswith("no map: ")) == (1, True)
    done = shell.run("verify", page, "--from", str(wheel), "--side-file", str(side_file))
    assert done.code == 0, done.out
    place = f"{site.url}/static/app.js:1:1"
    explained = shell.run("explain", place, "--from", str(wheel), "--side-file", str(side_file))
    assert "source/app.ts:1:1" in explained.out
    lonely = shell.run("verify", page, "--side-file", str(side_file))
    assert (lonely.code, "--from" in lonely.err) == (2, True)
    wrong = shell.run("verify", page, "--from", str(wheel), "--side-file", str(wheel))
    assert (wrong.code, wrong.out) == (2, "")


@pytest.mark.usefixtures("release")
def test_what_the_bounds_leave_out_is_told_and_no_fault(
    shell: Shell, site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hatch_sentry_artifacts.cli.verify.Bounds", lambda: Bounds(files=2))
    site.files[SCRIPT] = CODE
    done = shell.run("verify", site.page(SCRIPT, "/a.js", "/b.js"))
    assert done.code == 0, done.out
    assert "2 more were not fetched" in done.out
    assert done.out.splitlines()[-1].startswith("Give the addresses of other pages")


def test_a_site_that_never_ends_is_left_in_time() -> None:
    with running_site() as site:
        site.files["/"] = b"<!doctype html>"
        site.headers["/"] = {"Content-Type": "text/html"}
        bounds = Bounds(seconds=0.3)
        with closing(Site([site.url + "/"], {}, bounds)) as visit:
            visit.fetch(site.url + "/")
            site.stalls = True
            began = time.monotonic()
            with pytest.raises(SiteFault):
                visit.fetch(site.url + "/stalled")
        assert time.monotonic() - began < 5


def test_a_public_site_does_not_lead_into_a_private_network() -> None:
    with (
        closing(Site(["https://shop.example/"], {}, Bounds())) as visit,
        pytest.raises(SiteFault, match="private network"),
    ):
        visit.fetch("http://169.254.169.254/latest/")


@pytest.mark.usefixtures("release")
def test_a_copy_under_another_name_is_known_by_its_code(shell: Shell, site: RunningSite) -> None:
    """As Django's ManifestStaticFilesStorage makes it."""
    path = "/assets/page.3b98aab1bfc7.js"
    site.files[path] = CODE.replace(b"page.js.map", b"page.js.d3efbb009371.map")
    assert site.files[path] != CODE
    done = shell.run("verify", site.page(path))
    assert done.code == 1
    assert done.out.startswith(f"other name: {site.url}{path}: it was uploaded, but as ~{SCRIPT}")
    assert "debug-ids" in done.out.splitlines()[-1]


@pytest.mark.usefixtures("shell")
def test_chunks_are_beside_a_script_that_is_elsewhere(shell: Shell, site: RunningSite) -> None:
    main = b'e=>({7:"cart"}[e]||e)+".js"'
    files = {"shop/static/main.js": main, "shop/static/cart.js": CODE}
    wheel = make_wheel(shell.folder, version="3", files=files)
    site.files |= {"/below/a/prefix/main.js": main, "/below/a/prefix/cart.js": CODE}
    page = site.page("/below/a/prefix/main.js")
    done = shell.run("verify", page, "--from", str(wheel), "--json")
    assert [each["verdict"] for each in done.json["scripts"]] == ["other-name", "other-name"]


def test_names_of_a_release_that_are_no_addresses_do_no_harm(site: RunningSite) -> None:
    names = frozenset({"//[x/cart.js", "http://[::x/cart.js", "~//[/cart.js", "cart.js"})
    site.files["/main.js"] = b'e=>({7:"cart"}[e]||e)+".js"'
    with closing(Site([site.url], {}, Bounds())) as visit:
        seen = explore([site.page("/main.js")], visit, names, 1)
    assert [each.url for each in seen.scripts] == [f"{site.url}/main.js"]


@pytest.mark.usefixtures("shell")
def test_a_release_that_is_given_counts_with_a_wheel_too(shell: Shell, site: RunningSite) -> None:
    wheel = make_wheel(shell.folder, version="3", files=bundle.files())
    site.files[SCRIPT] = CODE
    page = site.page(SCRIPT, inline='Sentry.init({dsn:"x",release:"shop@2"})')
    assert shell.run("verify", page, "--from", str(wheel), "--release", "shop@2").code == 0
    done = shell.run("verify", page, "--from", str(wheel), "--release", "shop@3")
    assert done.code == 1
    assert done.out.startswith("the page tells Sentry release shop@2, but the files are in shop@3")
