"""Answers PUT and GET of products and stock."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import product_kept, respond, stock_kept, told
from shared.http.door.call import Call, late
from shared.http.door.resolver import current, resolver, serve
from shared.http.door.validation import validated
from shared.http.resources.product.request import ProductBody, SkuPath
from shared.http.resources.stock.request import StockBody
from shared.usecases.intake.keep_catalogue import put_product, put_stock, read_product, read_stock

app = resolver(lambda: bootstrap.services())


@app.put("/products/<sku>")
def keep_product(sku: str) -> Response[str]:
    call = current(app)
    product = call.body(ProductBody).to_domain(_sku(call))
    return told(put_product(bootstrap.services(), call.request(product_kept), product))


@app.get("/products/<sku>")
def show_product(sku: str) -> Response[str]:
    return respond(product_kept(read_product(bootstrap.services(), current(app).path["sku"])))


@app.put("/stock/<sku>")
def keep_stock(sku: str) -> Response[str]:
    call = current(app)
    on_hand = call.body(StockBody).on_hand
    known = _sku(call)
    return told(put_stock(bootstrap.services(), call.request(stock_kept), known, on_hand))


@app.get("/stock/<sku>")
def show_stock(sku: str) -> Response[str]:
    return respond(stock_kept(read_stock(bootstrap.services(), current(app).path["sku"])))


def _sku(call: Call) -> str:
    with late():
        return validated(SkuPath, dict(call.path)).sku


handler = serve(app)
