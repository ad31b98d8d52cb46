#!/usr/bin/env python3
"""Checks an exported log without any of Tsunagi's own code; it needs Python 3.8 and nothing else.

    tsunagi log export --to log.jsonl
    python3 verify.py log.jsonl [heads.jsonl heads.pub ...]

It recomputes every content hash and the chain, and asks that positions run 1, 2, 3 ... Given signed
heads and the public keys (32 bytes each), it checks each signature, and that the log is what was
signed. The hashes are described in crates/event-log/src/hash.rs, heads in heads.rs beside it.
"""
import hashlib, json, struct, sys
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, struct.error)


class Bad(Exception):
    """What is wrong first, and at which position (of a head: in which line) it is."""
    def __init__(self, place, what):
        super().__init__(what)
        self.place = place


def content_hash(event):
    text = lambda name: None if event[name] is None else event[name].encode()
    code = lambda name: None if event[name] is None else bytes.fromhex(event[name])
    fields = [text("category"), text("key"), struct.pack(">I", event["type_no"]),
              code("event_id"), code("case_id"), text("agency"), text("staff"),
              text("on_behalf_of"), code("correlation_id"), code("causation_id"),
              text("occurred_on"), code("body"), code("sealed")]
    form = [b"\0" if field is None else b"\1" + struct.pack(">Q", len(field)) + field
            for field in fields]
    return hashlib.sha256(b"".join(form)).digest()


def check_log(lines, signed=()):
    """Walks the log. Answers with its last position and the chain hash there, or raises Bad."""
    signed, position, chain = sorted(set(signed), reverse=True), 0, bytes(32)
    for position, line in enumerate(lines, start=1):
        try:
            event = json.loads(line)
            if event["position"] != position:
                raise Bad(position, f"position {position} is missing")
            content = content_hash(event)
            numbers = struct.pack(">QQq", position, event["version"], event["recorded_at"])
            chain = hashlib.sha256(chain + numbers + content).digest()
            stored = bytes.fromhex(event["content_hash"]), bytes.fromhex(event["chain_hash"])
        except UNREADABLE:
            raise Bad(position, f"line {position} is no event") from None
        if stored != (content, chain):
            raise Bad(position, f"position {position} was altered, or does not follow")
        while signed and signed[-1][0] == position:
            if signed.pop()[1] != chain:
                raise Bad(position, f"position {position} is not what was signed there")
    if signed:
        raise Bad(position + 1, f"the log ends at {position}, but {signed[-1][0]} was signed")
    return position, chain


def read_heads(lines, keys):
    """What heads say: (position, chain hash) of the first event and of the last. Or raises Bad."""
    signed = []
    for number, line in enumerate(lines, start=1):
        try:
            head = json.loads(line)
            log, chain, key, signature = (bytes.fromhex(head[name]) for name in
                                          ("log", "chain_hash", "key", "signature"))
            message = (b"tsunagi-log-head-v1\n" + log + struct.pack(">Q", head["position"]) + chain
                       + struct.pack(">qq", head["recorded_at"], head["signed_at"]))
            if key not in keys or not is_signed(key, message, signature):
                raise ValueError
        except UNREADABLE:
            raise Bad(number, f"line {number} of the heads was not signed by these keys") from None
        signed += [(1, log), (head["position"], chain)]
    return signed


# Ed25519 as in RFC 8032, section 5.1 and appendix A: some milliseconds for a signature.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, I = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def multiply(scalar, point):
    result = (0, 1, 1, 0)
    for bit in f"{scalar:b}":
        result = add(result, result)
        result = add(result, point) if bit == "1" else result
    return result

def point(code):
    sign, y = divmod(int.from_bytes(code, "little"), 2**255)
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    x = x if (x * x - x2) % P == 0 else x * I % P
    if len(code) != 32 or y >= P or (x * x - x2) % P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    x = x if x % 2 == sign else P - x
    return x, y, 1, x * y % P

BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))

def is_signed(key, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    hashed = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % ORDER
    one, other = multiply(s, BASE), add(point(r), multiply(hashed, point(key)))
    return s < ORDER and all((one[i] * other[2] - other[i] * one[2]) % P == 0 for i in (0, 1))


if __name__ == "__main__":
    log, heads, keys = sys.argv[1], sys.argv[2:3], [open(key, "rb").read() for key in sys.argv[3:]]
    try:
        signed = read_heads([line for name in heads for line in open(name)], keys)
        position, chain = check_log(open(log, encoding="utf-8"), signed)
    except Bad as bad:
        sys.exit(f"BAD: {bad}")
    print(f"{position} events, {len(signed) // 2} heads: the chain holds, {chain.hex()}")
