"""The service's own parts anchor what is written to the log: stream, function, bucket."""

from tests.e2e.portal import Portal, a_line, amendment, eventually, to_quantity
from tests.e2e.service import Service


def test_what_was_logged_is_held_fast_outside_the_tables(service: Service, portal: Portal) -> None:
    sku = portal.a_sku(on_hand=10)
    order = portal.places(a_line(sku=sku, quantity=3, price="10.00"), paid="30.00")
    portal.asks(order, amendment(to_quantity(2), accept=portal.previews(order, to_quantity(2))))

    def anchored() -> bool:
        log = service.http("GET", f"{order.path}/log?verify=true", user="agent").json
        assert log["verified"] is True
        return bool(log.get("anchored_to", 0) >= 2)

    eventually(anchored, "the log is anchored")
    bucket = service.outputs["AnchorsBucket"]
    kept = service.aws("s3").list_objects_v2(Bucket=bucket, Prefix=f"heads/{order.path.rpartition('/')[2]}/")
    assert kept["KeyCount"] >= 1
