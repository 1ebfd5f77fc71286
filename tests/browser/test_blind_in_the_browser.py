"""``static/blind.js`` in a real Chromium, under the product's own headers: the numbers of RFC 9474, the other
implementation's, and passes signed by this signer."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from consult.anonymity import blind, rights
from tests import interop

VECTORS = interop.load(interop.VECTORS)
RECORDED = interop.load(interop.RECORDED)
HELPERS = """
  const module = await import('/static/blind.js');
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const hex = (found) => Array.from(found, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const refused = async (work) => { try { await work(); return false; } catch { return true; } };
"""


@pytest.fixture
def run(browse: Callable[..., Page]) -> Callable[[str, dict[str, Any]], Any]:
    page = browse("en")
    page.goto("/en/")
    assert page.evaluate("isSecureContext"), "WebCrypto is not there otherwise"
    return lambda body, given: page.evaluate(f"async (given) => {{ {HELPERS} {body} }}", given)


def rfc_public() -> str:
    """The key of the vectors as SPKI, written by hand: only its two numbers vary (RFC 8017, A.1.1)."""
    n = b"\x00" + bytes.fromhex(VECTORS["n"])
    numbers = b"\x02\x82" + len(n).to_bytes(2, "big") + n + b"\x02\x03\x01\x00\x01"
    bits = b"\x00\x30\x82" + len(numbers).to_bytes(2, "big") + numbers
    kind = bytes.fromhex("300d06092a864886f70d0101010500")
    whole = kind + b"\x03\x82" + len(bits).to_bytes(2, "big") + bits
    return (b"\x30\x82" + len(whole).to_bytes(2, "big") + whole).hex()


def test_the_numbers_of_rfc_9474_in_the_browser(run: Callable[[str, dict[str, Any]], Any]) -> None:
    body = """
      const key = await module.importKey(bytes(given.public));
      const found = [];
      for (const vector of given.vectors) {
        const prepared = bytes(vector.msg_prefix + given.msg);
        const fixed = { salt: bytes(vector.salt), inverse: bytes(vector.inv) };
        const asked = await module.blind(key, prepared, fixed);
        const answer = bytes(vector.blind_sig);
        const sig = await module.finalize(key, prepared, answer, asked.inverse, fixed.salt.length);
        found.push({ blinded_msg: hex(asked.request), inv: hex(asked.inverse), sig: hex(sig) });
      }
      return found;
    """
    given = {"public": rfc_public(), "msg": VECTORS["msg"], "vectors": VECTORS["vectors"]}
    wanted = [{name: vector[name] for name in ("blinded_msg", "inv", "sig")} for vector in VECTORS["vectors"]]
    assert run(body, given) == wanted
    assert len(wanted) == 4


def test_another_implementation_in_the_browser(run: Callable[[str, dict[str, Any]], Any]) -> None:
    body = """
      const found = [];
      const signer = await module.importKey(bytes(given.their_signer.public));
      for (const told of given.their_signer.rounds) {
        const prepared = bytes(told.prepared);
        const fixed = { salt: bytes(told.salt), inverse: bytes(told.inverse) };
        const asked = await module.blind(signer, prepared, fixed);
        const signature = await module.finalize(signer, prepared, bytes(told.blind_signature), asked.inverse);
        found.push(hex(asked.request) === told.request && hex(signature) === told.signature);
      }
      const client = await module.importKey(bytes(given.their_client.public));
      for (const told of given.their_client.rounds) {
        found.push(await module.verify(client, bytes(told.prepared), bytes(told.signature)));
        found.push(!await module.verify(signer, bytes(told.prepared), bytes(told.signature)));
      }
      return found;
    """
    assert run(body, RECORDED) == [True] * 9


def test_a_pass_from_the_browser_through_the_signer(run: Callable[[str, dict[str, Any]], Any]) -> None:
    """Five lanes as a claim would have it: blinded in the page, signed here, finished in the page, and read
    and verified here from what the person keeps."""
    lanes = ("speak-1", "speak-2", "speak-3", "pulse", "support")
    keys = {lane: blind.generate() for lane in lanes}
    start = """
      globalThis.kept = {};
      const requests = {};
      for (const [lane, spki] of Object.entries(given)) {
        const key = await module.importKey(bytes(spki));
        const prepared = module.prepare();
        kept[lane] = { key, prepared, ...await module.blind(key, prepared) };
        requests[lane] = hex(kept[lane].request);
      }
      return requests;
    """
    asked = run(start, {lane: keys[lane].public.hex() for lane in lanes})
    assert len(set(asked.values())) == 5
    answers = {lane: blind.sign(keys[lane].private, bytes.fromhex(asked[lane])).hex() for lane in lanes}
    end = """
      const tokens = {};
      for (const [lane, answer] of Object.entries(given)) {
        const { key, prepared, inverse } = kept[lane];
        const signature = await module.finalize(key, prepared, bytes(answer), inverse);
        tokens[lane] = module.token(lane, prepared, signature);
      }
      return tokens;
    """
    tokens = run(end, answers)
    for lane, token in tokens.items():
        found = rights.read(token)
        assert isinstance(found, rights.Pass) and found.lane == lane and found.token == token
        for other in lanes:
            assert blind.verify(keys[other].public, found.prepared, found.signature) == (other == lane)
    swapped = {"speak-1": answers["speak-2"]}
    assert run(f"return refused(async () => {{ {end} }});", swapped), "another lane's answer"
    cut = {"speak-1": answers["speak-1"][:-2]}
    assert run(f"return refused(async () => {{ {end} }});", cut), "an answer cut short"
    raw = b64decode(tokens["speak-1"].removeprefix("speak-1.") + "=", altchars=b"-_")
    assert b64encode(raw, altchars=b"-_").rstrip(b"=").decode() == tokens["speak-1"].removeprefix("speak-1.")


def test_the_browser_draws_anew_and_refuses_unfit_keys(run: Callable[[str, dict[str, Any]], Any]) -> None:
    public = blind.generate().public
    body = """
      const key = await module.importKey(bytes(given.public));
      const [drawn, asked] = [new Set(), new Set()];
      for (let i = 0; i < 20; i += 1) {
        const prepared = module.prepare();
        const { request, inverse } = await module.blind(key, prepared);
        const lengths = [prepared, request, inverse].map((one) => one.length);
        if (String(lengths) !== '64,256,256') throw new Error(`lengths: ${lengths}`);
        for (const half of [prepared.slice(0, 32), prepared.slice(32)]) drawn.add(hex(half));
        asked.add(hex(request)).add(hex(inverse));
      }
      const imported = (spki) => refused(() => module.importKey(bytes(spki)));
      const unfit = await Promise.all(given.unfit.map(imported));
      const same = module.prepare(new Uint8Array(32).fill(7)).slice(32).every((byte) => byte === 7);
      return [drawn.size, asked.size, same, ...unfit];
    """
    cubic = public.replace(b"\x02\x03\x01\x00\x01", b"\x02\x03\x01\x00\x03")
    unfit = [public[:-1].hex(), "", "00" * 294, cubic.hex()]
    assert run(body, {"public": public.hex(), "unfit": unfit}) == [40, 40, True, True, True, True, True]
