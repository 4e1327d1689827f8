"""`/v1/openapi.json`."""

from litestar import Response, get


@get("/v1/openapi.json", sync_to_thread=False)
def openapi() -> Response[bytes]:
    """The OpenAPI document."""
    return Response(b"{}", media_type="application/vnd.oai.openapi+json;version=3.1")
