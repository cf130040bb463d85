"""HAProxy's agent protocol, frame by frame."""
import struct

from harness import ELSEWHERE, OFFICE, Daemon, build, connect


def varint(number):
    if number < 240:
        return bytes([number])
    out = [number & 255 | 240]
    number = number - 240 >> 4
    while number >= 128:
        out.append(number & 127 | 128)
        number = number - 128 >> 7
    return bytes(out + [number])


def text(value):
    return varint(len(value)) + value.encode()


def string(value):
    return b"\x08" + text(value)


def frame(kind, payload, stream=0, number=0, flags=1):
    body = bytes([kind]) + struct.pack(">I", flags) + varint(stream) + varint(number) + payload
    return struct.pack(">I", len(body)) + body


def hello(*extra, versions="2.0", size=16380):
    return frame(1, text("supported-versions") + string(versions) + text("max-frame-size") + b"\x03" +
                 varint(size) + text("capabilities") + string("pipelining,async") + b"".join(extra))


def notify(arguments, stream=1, number=1, flags=1):
    payload = text("check") + bytes([len(arguments)])
    for name, value in arguments:
        payload += text(name) + value
    return frame(3, payload, stream, number, flags)


def read_frame(stream):
    size = stream.read(4)
    if len(size) < 4:
        return None
    body = stream.read(struct.unpack(">I", size)[0])
    return body[0], body[5:]


def read_number(data, at):
    value = data[at]
    at += 1
    if value < 240:
        return value, at
    shift = 4
    while True:
        byte = data[at]
        at += 1
        value += byte << shift
        shift += 7
        if byte < 128:
            return value, at


def variables(data):
    """Stream, frame and what an ACK sets."""
    stream, at = read_number(data, 0)
    number, at = read_number(data, at)
    found = {}
    while at < len(data):
        assert data[at:at + 3] == b"\x01\x03\x02"
        length, at = read_number(data, at + 3)
        name = data[at:at + length].decode()
        at += length
        kind = data[at]
        value, at = read_number(data, at + 1)
        if kind == 8:
            value, at = data[at:at + value].decode(), at + value
        found[name] = value
    return stream, number, found


def ipv4(value):
    return b"\x06" + bytes(int(part) for part in value.split("."))


def test_questions_are_answered_in_order():
    with Daemon(build("p", generation=4), services=("spop", "api")) as daemon:
        with connect(daemon.ports["spop"]) as made, made.makefile("rb") as stream:
            made.sendall(hello())
            kind, _ = read_frame(stream)
            assert kind == 101
            made.sendall(b"".join((
                notify([("ip", ipv4(OFFICE))], 1, 1),
                notify([("ip", ipv4(ELSEWHERE)), ("groups", string("Staff"))], 300, 70000),
                notify([("ip", string(OFFICE)), ("app", string("Payroll")), ("managed", b"\x11"),
                        ("groups", string("Staff"))], 3, 1),
                notify([("ip", b"\x00"), ("user", b"\x00")], 4, 1),
                notify([("ip", string("nonsense"))], 5, 1),
                notify([("address", ipv4(OFFICE))], 6, 1),
                notify([("ip", ipv4(OFFICE)), ("risk", b"\x02\x01")], 7, 1))))
            got = []
            for _ in range(7):
                kind, data = read_frame(stream)
                assert kind == 103
                got.append(variables(data))
            assert [g[:2] for g in got] == [(1, 1), (300, 70000), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1)]
            assert [g[2]["status"] for g in got] == [200, 401, 401, 403, 403, 403, 403]
            assert got[0][2]["rule"] == "office" and got[0][2]["generation"] == 4
            assert got[2][2]["chain"] == "password then fido2"
            assert [g[2]["reason"] for g in got] == [""] * 4 + ["bad request"] * 3
            made.sendall(frame(2, text("status-code") + b"\x03\x00" + text("message") + string("bye")))
            assert read_frame(stream)[0] == 102 and stream.read() == b""
        daemon.stop()


def test_what_is_wrong_ends_the_connection():
    with Daemon(build("p"), services=("spop", "api")) as daemon:
        good = notify([("ip", ipv4(OFFICE))])
        cases = {
            "no hello": good, "no version": frame(1, text("max-frame-size") + b"\x03\x80\x80\x01"),
            "other version": hello(versions="1.0"), "no frame size": hello(size=0),
            "hello twice": hello() + hello(), "too big": struct.pack(">I", 100000) + b"x" * 100,
            "too small": struct.pack(">I", 2) + b"xx",
            "a fragment": hello() + notify([], flags=0),
            "cut text": hello() + frame(3, b"\xf0\xff\xff\xff\xff\xff\xff"),
            "cut argument": hello() + frame(3, text("check") + b"\x02" + text("ip") + ipv4(OFFICE)),
            "unknown type": hello() + notify([("ip", b"\x0c")]),
        }
        for name, data in cases.items():
            with connect(daemon.ports["spop"]) as made, made.makefile("rb") as stream:
                made.sendall(data)
                kinds = []
                while (got := read_frame(stream)) is not None:
                    kinds.append(got[0])
                assert kinds[-1] == 102 and 103 not in kinds, (name, kinds)
        assert daemon.metric('woapol_protocol_errors_total{protocol="spop"}') == len(cases)
        with connect(daemon.ports["spop"]) as made, made.makefile("rb") as stream:
            made.sendall(hello(text("healthcheck") + b"\x11"))
            assert read_frame(stream)[0] == 101 and stream.read() == b""
        daemon.stop()
