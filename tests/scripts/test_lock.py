from scripts.lock import FOUNDRY, with_every_platform


def a_lock(**found):
    platforms = {
        f"node_modules/{tool}": {"optionalDependencies": {f"{tool}-darwin-amd64": "1.7.1"}} for tool in FOUNDRY
    }
    return {"lockfileVersion": 3, "packages": {"": {}, **platforms, **found}}


def test_with_every_platform__npm_left_one_out__named_with_its_system_and_processor():
    packages = with_every_platform(a_lock())["packages"]
    entry = packages["node_modules/@foundry-rs/forge-darwin-amd64"]
    assert (entry["version"], entry["os"], entry["cpu"], entry["optional"]) == ("1.7.1", ["darwin"], ["x64"], True)


def test_with_every_platform__npm_found_it__its_checksum_stays():
    name = "node_modules/@foundry-rs/forge-darwin-amd64"
    assert with_every_platform(a_lock(**{name: {"integrity": "sha512-…"}}))["packages"][name] == {
        "integrity": "sha512-…"
    }
