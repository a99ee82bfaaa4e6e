"""Runs the local run: starts emulator, deployment, front and demo data in that order, and stops all of it again.

It runs inside the environment that `run.py` made, in its place.
"""

import json
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import boto3

from infra.local.callbacks import Callbacks
from infra.local.deploy import DeploymentFailedError, Stack, deploy
from infra.local.dev_routes import DevRoutes
from infra.local.exchange import Request, Response
from infra.local.front import HOST, Front
from infra.local.gateway import Gateway
from infra.local.gateway_responses import GatewayResponses
from infra.local.intrinsics import parameters_of
from infra.local.package import package
from infra.local.payment_links import PaymentLinks
from infra.local.preflight import preflight_headers
from infra.local.process import REGION, Emulator, EmulatorFailedError
from infra.local.seed import seed
from infra.local.tokens import AUDIENCE, Issuer
from infra.local.upstream import RestApi

ROOT = Path(__file__).resolve().parents[2]
BUCKET = "inflight-artifacts"


class StoppedError(BaseException):
    """A signal asked the run to stop."""


class CannotStartError(Exception):
    """The port is not free; the message names it."""


def main() -> None:
    """Runs until SIGINT or SIGTERM, or until the process that started this one is gone."""
    started, parent = time.monotonic(), os.getppid()
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    port = int(os.environ.get("PORT", "8000"))
    code = 0
    with ExitStack() as running:
        try:
            emulator = _start(port, running)
            took = time.monotonic() - started
            print(f"up in {took:.1f} s; the functions log to .local/{port}/emulator.log", file=sys.stderr)
            print(f"ready http://{HOST}:{port}", flush=True)
            while emulator.alive and os.getppid() == parent:
                time.sleep(0.2)
            code = 1
        except StoppedError:
            pass
        except (CannotStartError, DeploymentFailedError, EmulatorFailedError) as error:
            print(error, file=sys.stderr)
            code = 1
    # Threads that still wait for an answer must not hold the process back.
    sys.stdout.flush()
    os._exit(code)


def _stop(*_: object) -> NoReturn:
    """Leaves from any place in the run, once: started parts are stopped on the way out."""
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: None)
    raise StoppedError


def _start(port: int, running: ExitStack) -> Emulator:
    try:
        front = Front(port)
    except OSError as error:
        raise CannotStartError(f"port {port}: {error.strerror}") from error
    running.callback(front.server_close)
    folder = ROOT / ".local" / str(port)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("outputs.json", "tokens.json", "refused_tokens.json"):
        (folder / name).unlink(missing_ok=True)

    base = f"/{given}" if (given := _asked().get("BasePath")) else ""
    api_url = f"{front.url}{base}"
    emulator = Emulator(ROOT, folder, base)
    running.callback(emulator.stop)
    emulator.start()
    issuer = Issuer(f"{front.url}/dev")
    session = _session(emulator.url)
    emulator.wait()

    s3 = session.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    packaged = package(ROOT, lambda key, content: _put(s3, key, content))
    secret = secrets.token_hex(32)
    parameters = _parameters(front.url, api_url, issuer, secret)
    stack = deploy(session, packaged, parameters)
    session.client("sesv2").create_email_identity(EmailIdentity=stack.outputs["MailFrom"])

    values = parameters_of(packaged.template, parameters)
    api = RestApi(
        (HOST, emulator.port),
        f"/restapis/{stack.api_id}/{stack.stage}/_user_request_",
        GatewayResponses.of_template(packaged.template, values),
        preflight_headers(packaged.template, values),
    )
    deliveries = _scan(session, stack.outputs.get("DeliveriesTable"))
    dev = DevRoutes(
        issuer.jwks(), emulator.url, Gateway(), Callbacks(api_url, secret), deliveries, PaymentLinks(front.url)
    )
    threading.Thread(target=front.serve, args=(_route(dev, api, base), api.refuse), daemon=True).start()

    tokens = issuer.tokens()
    _write(folder / "tokens.json", tokens, mode=0o600)
    _write(folder / "refused_tokens.json", issuer.refused(), mode=0o600)
    _write(folder / "outputs.json", _outputs(api_url, emulator.url, stack))
    seed(api_url, tokens)
    return emulator


def _session(endpoint: str) -> boto3.session.Session:
    """Returns a session for the emulator and nothing else: its endpoint, made-up credentials, no profile of the
    user's."""
    os.environ |= {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "*",
    }
    return boto3.session.Session()


def _put(s3: Any, key: str, content: bytes) -> str:
    s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    return f"s3://{BUCKET}/{key}"


def _asked() -> dict[str, str]:
    """Returns the template's parameters in STACK_PARAMETERS="Name=value …"."""
    return dict(pair.split("=", 1) for pair in os.environ.get("STACK_PARAMETERS", "").split())


def _parameters(front: str, api_url: str, issuer: Issuer, secret: str) -> dict[str, str]:
    """Returns the local run's values for the template's parameters; those that were asked for go before them."""
    return {
        "JwksUrl": f"{front}/dev/jwks.json",
        "JwtIssuer": issuer.url,
        "JwtAudience": AUDIENCE,
        "SandboxGatewayUrl": f"{front}/dev/gateway",
        "SandboxCallbackSecret": secret,
        "PortalUrl": api_url,
        "PortalOrigins": front,
        "LocalEmulator": "true",
    } | _asked()


def _route(dev: DevRoutes, api: RestApi, base: str) -> Callable[[Request], Response]:
    def route(request: Request) -> Response:
        if request.path.startswith("/dev/"):
            return dev.handle(request)
        if not request.target.startswith(f"{base}/"):
            return api.refuse("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
        return api.handle(replace(request, target=request.target.removeprefix(base)))

    return route


def _scan(session: boto3.session.Session, table: str | None) -> Callable[[], list[Mapping[str, Any]]]:
    """Returns a function that reads all that the department consumers have written down; nothing if the stack has no
    such table."""
    if table is None:
        return list
    pages = session.client("dynamodb").get_paginator("scan")
    return lambda: [item for page in pages.paginate(TableName=table) for item in page["Items"]]


def _outputs(front: str, endpoint: str, stack: Stack) -> dict[str, str]:
    return stack.outputs | {"api_url": front, "aws_endpoint_url": endpoint, "region": REGION}


def _write(path: Path, content: Mapping[str, str], mode: int = 0o644) -> None:
    """Writes a file that is never readable by more than `mode` allows, nor half written."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        json.dump(content, file, indent=2)
    new.replace(path)


if __name__ == "__main__":
    main()
