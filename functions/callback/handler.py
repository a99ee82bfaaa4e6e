"""Takes a payment gateway's reports of how refunds ended."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import shown
from shared.http.door.call import check_size, raw_body
from shared.http.door.resolver import resolver, serve
from shared.usecases.refunding.take_callback import read_callbacks, take_callbacks

app = resolver(lambda: bootstrap.services())


@app.post("/callbacks/<gateway>")
def take(gateway: str) -> Response[str]:
    """Answers 200 for a report that was taken before, too: a gateway repeats any report that is answered otherwise."""
    services, event = bootstrap.services(), app.current_event
    raw = raw_body(event)
    check_size(raw)
    callbacks = read_callbacks(bootstrap.callback_readers(), gateway, services, raw, event.headers)
    return shown({"taken": take_callbacks(services, gateway, callbacks)})


handler = serve(app)
